try:
    from engine.feel import compile_expression  # noqa: F401
except ImportError:
    from .standin import install

    install()
