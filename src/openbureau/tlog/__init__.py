"""How can anyone check?  The tamper-evident log: pure computation on public formats, importing nothing of ours."""
