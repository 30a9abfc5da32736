"""Passages: the live list, one passage with all its looks, and both for programs.

There is no filter by plate text here and none may be added: looking for a plate needs a purpose
and a case and belongs to the search service, which records every question.
"""
