"""Processes of this machine: one instance per folder, and a supervisor that keeps them alive."""
