"""The statutory objects and their guards: what the law lets the house write down, and when.

Every path to a listing (a diagram, the API, a migration) passes `listings.decide_listing`, and so
`guards.check_listing`. Everything here reads and writes rows; nothing trusts a case's facts.
"""
