"""Why a network does or does not learn its target, and which change helps: tried by rehearsals."""
