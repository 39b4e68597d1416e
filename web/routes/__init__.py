"""One blueprint per room of the site; a route reads, calls one command or query, and renders."""
