try:
    from engine.feel import compile_expression

    compile_expression('a = "b"').evaluate({"a": "b"})
except Exception:
    from .standin import install

    install()
