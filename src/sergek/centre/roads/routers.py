"""The routes of the road service under one roof."""

from fastapi import APIRouter

from sergek.centre.roads import api, open311, phone, prescriptions_api, route_api

__all__ = ["public", "router"]

router = APIRouter()
for part in (api, phone, prescriptions_api, route_api):
    router.include_router(part.router)

# What opens without a session: the phone form's own page, which holds no data, and Open311.
public = APIRouter()
public.include_router(phone.page_router)
public.include_router(open311.router)
