"""All caches of the app, each bounded: of nets, drawings, maps, charts, texts."""
