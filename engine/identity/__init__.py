"""People, posts and organisations; signing in; who may not do two things."""

from engine.identity.actors import Actor, Post, find_actor, held_posts, load_actor
from engine.identity.duties import separation
from engine.identity.people import (
    KINDS,
    OrganisationLine,
    PersonLine,
    add_organisation,
    add_person,
    add_post,
    assign,
    organisations,
    people,
    post_of,
    set_active,
    set_password,
)
from engine.identity.posts import find_post, find_posts
from engine.identity.signing_in import Proof, authenticate, prove, prove_apart, sign_in, sign_out

__all__ = [
    "KINDS",
    "Actor",
    "OrganisationLine",
    "PersonLine",
    "Post",
    "Proof",
    "add_organisation",
    "add_person",
    "add_post",
    "assign",
    "authenticate",
    "find_actor",
    "find_post",
    "find_posts",
    "held_posts",
    "load_actor",
    "organisations",
    "people",
    "post_of",
    "prove",
    "prove_apart",
    "separation",
    "set_active",
    "set_password",
    "sign_in",
    "sign_out",
]
