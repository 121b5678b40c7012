"""How members' machines sign in, as it is kept."""
