"""How members' machines sign in over HTTP: token endpoint, keys, the words for what goes wrong."""
