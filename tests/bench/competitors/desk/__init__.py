"""A Django app: the workload in django-viewflow."""
