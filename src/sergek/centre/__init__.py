"""The operations centre: the web control room and one folder per service.

Services meet only through the log and `core`; each has `events`, `actions`, `views`, `api` and
`templates`. What all of them stand on lies beside them: `context` (what a request may reach),
`rights` (who may what), `pages` (templates), `catalogue` (languages), `guard` (forged requests),
`failures` (errors to people), `following` (news from the log).
"""
