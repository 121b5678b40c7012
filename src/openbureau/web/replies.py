"""How does an answer leave?

The few shapes of a response, with their headers: JSON, text, page, redirect, problem.  Promises: every error is a problem
document (RFC 9457), or the same as a page where a browser asked for a page; personal answers are never kept by caches;
a fault tells nothing of the inside but an incident number.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from openbureau.jobs.inquiry.contents import refusal_json
from openbureau.jobs.leave import NotPermitted
from openbureau.web.desk import Asking, desk_of
from openbureau.web.pages.language import LANGUAGES, choose_language
from openbureau.web.pages.paper import PAGE_HEADERS, SAFE_HEADERS, SCRIPTED_POLICY
from openbureau.web.pages.session import Session
from openbureau.web.pages.signed import places_of
from openbureau.web.problems import PROBLEMS, ProblemRow
from openbureau.web.trouble import Trouble, problem_document

Reply = Response[bytes]
JSON, PROBLEM, TEXT, HTML = "application/json", "application/problem+json", "text/plain", "text/html"
LANGUAGE_COOKIE = "openbureau-language"
PRIVATE = SAFE_HEADERS | {"Cache-Control": "no-store"}
SHORT = SAFE_HEADERS | {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
FOR_EVER = SAFE_HEADERS | {"Cache-Control": "public, max-age=31536000, immutable", "Access-Control-Allow-Origin": "*"}
_IN_ADDRESSES = "/:?#[]@!$&'()*+,;=%-._~"
_BY_STATUS = {400: "request-not-readable", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


def language_of(request: Asking) -> str:
    """The language in which to answer a request."""
    return choose_language(
        request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language")
    )


def raw(
    content: bytes,
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] = PRIVATE,
    cookies: list[Cookie] | None = None,
) -> Reply:
    """Bytes as they are."""
    return Response(content, media_type=media_type, status_code=status, headers=dict(headers), cookies=cookies)


def json_reply(value: Any, *, status: int = 200, headers: Mapping[str, str] = PRIVATE) -> Reply:
    """A value as JSON."""
    return raw(msgspec.json.encode(value), JSON, status=status, headers=headers)


def page(
    request: Asking, template: str, words: dict[str, Any], *, status: int = 200, session: Session | None = None,
    is_scripted: bool = False,
) -> Reply:  # fmt: skip
    """A page in the reader's language; with a session, its cookie is renewed and its forms carry its token."""
    desk, language = desk_of(request), language_of(request)
    every = {
        "path": request.url.path,
        "token": session.token if session else "",
        "is_signed_in": bool(session and session.who),
        "who": session.who if session else "",
        "tongue": urlencode(
            [(name, value) for name, value in request.query_params.items() if name != "lang"]
            + [("lang", next(one for one in LANGUAGES if one != language))]
        ),
        "places": places_of(session.who if session else ""),
        "is_sandbox": desk.bureau.settings.mode == "sandbox",
    }
    content = desk.paper.write(template, language, every | words)
    headers = PAGE_HEADERS | {
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
    }
    headers |= {"Content-Security-Policy": SCRIPTED_POLICY} if is_scripted else {}
    cookies = [desk.sessions.cookie(session)] if session else []
    if request.query_params.get("lang") in LANGUAGES:
        cookies.append(Cookie(LANGUAGE_COOKIE, value=language, max_age=31_536_000, httponly=True, samesite="lax"))
    return raw(content, HTML, status=status, headers=headers, cookies=cookies)


def redirect(place: str, *, cookies: list[Cookie] | None = None) -> Reply:
    """Go and look there (303, so that a repeat of the page does not repeat the form).  Whatever stands in the place, it
    leaves as one address (RFC 3986) and not as a second header."""
    headers = PRIVATE | {"Location": quote(place, safe=_IN_ADDRESSES)}
    return raw(b"", TEXT, status=303, headers=headers, cookies=cookies)


def problem(
    request: Asking, row: ProblemRow, *, detail: str = "", told: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:  # fmt: skip
    """A problem document, or the same problem as a page where a browser asked for one."""
    language = language_of(request)
    document = problem_document(row, language, detail=detail, told=told or {})
    if wants_page(request):
        reply = page(request, "problem.html", {"row": row, "document": document})
        reply.status_code = row.status
        reply.headers.update(headers or {})
        return reply
    every = PRIVATE | {"Content-Language": language, "Vary": "Accept-Language"} | dict(headers or {})
    return raw(msgspec.json.encode(document), PROBLEM, status=row.status, headers=every)


def wants_page(request: Asking) -> bool:
    """Did a browser ask for a page?  Machine addresses always answer machines."""
    path = request.scope["path"]
    return not path.startswith(("/v1/", "/tile/")) and "text/html" in request.headers.get("accept", "")


def on_trouble(request: Asking, trouble: Trouble) -> Reply:
    """Render what a handler said."""
    return problem(request, trouble.row, detail=trouble.detail, told=trouble.told, headers=trouble.headers)


def on_not_permitted(request: Asking, trouble: NotPermitted) -> Reply:
    """Render what the policies refused before an act that is no inquiry, with the articles."""
    told = refusal_json(trouble.refusal)
    row = PROBLEMS[trouble.refusal.code.value]
    return problem(request, row, told={name: told[name] for name in ("rules", "policy", "citations")})


def on_http_exception(request: Asking, trouble: HTTPException) -> Reply:
    """Render what the framework found: no such address, method, size or form."""
    if trouble.status_code >= 500:
        return on_fault(request, trouble)
    code = _BY_STATUS.get(trouble.status_code, "request-not-readable")
    if "path_template" not in request.scope:  # no route was found, so no route has counted it
        desk_of(request).figures.request("unmatched", request.method, PROBLEMS[code].status, seconds=0.0)
    return problem(request, PROBLEMS[code], headers=trouble.headers)


def on_any(request: Asking, trouble: Exception) -> Reply:
    """Render whatever ended a request, by its kind."""
    if isinstance(trouble, Trouble):
        return on_trouble(request, trouble)
    if isinstance(trouble, NotPermitted):
        return on_not_permitted(request, trouble)
    return on_http_exception(request, trouble) if isinstance(trouble, HTTPException) else on_fault(request, trouble)


def on_fault(request: Asking, trouble: Exception) -> Reply:
    """A promise of ours is broken: one line for the operators, a number for the reader, nothing else."""
    incident = secrets.token_hex(8)
    route = str(request.scope.get("path_template") or "unmatched")
    desk_of(request).figures.fault(trouble, incident=incident, route=route, method=request.method)
    return problem(request, PROBLEMS["fault"], told={"instance": f"urn:openbureau:incident:{incident}"})
