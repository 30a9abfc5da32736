"""The motion gate."""

import numpy as np
import pytest

from sergek.edge.gate import LumaGate


def _scene(noise, seed):
    rng = np.random.default_rng(seed)
    return np.clip(rng.normal(100, noise, (360, 640)), 0, 255).astype(np.uint8)


def test_sensor_noise_alone_keeps_the_gate_shut():
    """After the hold time a resting picture with noise of 8 levels is not looked at."""
    gate = LumaGate(hold_s=1, refresh_s=100)
    let = [gate.lets_through(_scene(8, i), i * 0.2) for i in range(50)]
    assert not any(let[10:])


def test_a_small_far_car_opens_it():
    """20 × 15 pixels on a 640 × 360 picture, 40 levels brighter than the road."""
    gate = LumaGate(hold_s=0.1, refresh_s=100)
    for i in range(10):
        gate.lets_through(_scene(4, i), i * 0.2)
    picture = _scene(4, 99)
    picture[200:215, 300:320] += 40
    assert gate.lets_through(picture, 2.0)


def test_it_stays_open_for_a_while_and_looks_again_from_time_to_time():
    """Every second picture in the hold after motion; a refresh every `refresh_s` in rest."""
    gate = LumaGate(hold_s=1, refresh_s=5)
    still = _scene(0, 1)
    let = [i * 0.2 for i in range(100) if gate.lets_through(still, i * 0.2)]
    assert let[:3] == pytest.approx([0.0, 0.4, 0.8])
    assert 3 <= len(let[3:]) <= 4
    assert gate.open_share == len(let) / 100
