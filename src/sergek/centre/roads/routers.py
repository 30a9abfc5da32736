"""The routes of the road service under one roof, and what it does by itself."""

from fastapi import APIRouter

from sergek.centre.context import Centre
from sergek.centre.roads import api, open311, phone, prescriptions_api, route_api
from sergek.centre.roads.parts import prescribing_of
from sergek.centre.roads.reminders import remind_of_terms

__all__ = ["public", "remind", "router"]

router = APIRouter()
for part in (api, phone, prescriptions_api, route_api):
    router.include_router(part.router)

# What opens without a session: the phone form's own page, which holds no data, and Open311.
public = APIRouter()
public.include_router(phone.page_router)
public.include_router(open311.router)


async def remind(centre: Centre) -> None:
    """Reminds of the terms of prescriptions until cancelled."""
    await remind_of_terms(prescribing_of(centre))
