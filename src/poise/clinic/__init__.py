"""The web face: a Django project of small apps, in which a clinic works.

Read in this order: `rules` (who may do what), `actor` (who is asking), `people.access` (how a page asks), then an app:
its `models` are the rows, its `domain` holds the verbs (plain functions), its `views` are thin.
"""
