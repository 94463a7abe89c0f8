"""Make the application that Gradio serves the page with; importing this takes seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI
from starlette.routing import Route

from citewell.assistant import Assistant
from citewell.web import page
from citewell.web.access import Access
from citewell.web.addresses import CALLS, COMPLETIONS, TOOLS
from citewell.web.api import Api
from citewell.web.blocks import hush
from citewell.web.calls import Calls
from citewell.web.completions import Completions
from citewell.web.intake import Intake
from citewell.web.receiving import Receiving
from citewell.web.theme import theme
from citewell.web.translations import words
from citewell.web.turns import Turns
from citewell.web.uploads import UploadLimits, Uploads

if TYPE_CHECKING:
    from citewell.web.tools import Tools


async def application(assistant: Assistant, access: Access) -> tuple[gr.routes.App, FastAPI]:
    """Return Gradio's application, and the application that it is mounted in.

    The function awaits nothing. It is a coroutine because Gradio, without a running event loop, would make
    loops and never close them.
    """
    hush()
    uploads = Uploads(UploadLimits.of(assistant.settings))
    blocks = page.build(assistant, uploads)
    head = page.fill_template("head.html", words(assistant.settings.language))

    turns = Turns(assistant.settings.queue)
    calls = Calls(assistant, turns)
    api = Api(calls, locked=access.credentials is not None)
    tools = tools_of(calls) if access.mcp else None

    @asynccontextmanager
    async def open_until_stopped(_app: FastAPI) -> AsyncIterator[None]:
        async with tools.running() if tools else nullcontext():
            yield
        uploads.close()

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=open_until_stopped)
    outer.router.routes += api.routes()
    outer.router.routes += [Route(path, tools) for path in TOOLS if tools]
    gr.mount_gradio_app(
        outer,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,  # otherwise the browser stores every question
        allowed_paths=[],
        favicon_path=str(page.STATIC / "icon.svg"),
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,  # `citewell.web.tools` is ours: its results have a schema
        theme=theme(),
        # In the head, not as `css`: Gradio would rewrite its selectors.
        head=f"{head}<style>{''.join(map(page.text_of, page.STYLES))}</style>",
    )
    apps = (getattr(route, "app", None) for route in outer.routes)
    inner = next(app for app in apps if isinstance(app, gr.routes.App))
    programs = dict.fromkeys(CALLS.values(), api.answer) | {COMPLETIONS: Completions(assistant, turns).answer}
    receiving = Receiving(uploads, access.upload_bytes)
    outer.add_middleware(
        Intake,
        inputs=page.inputs(blocks),
        receiving=receiving,
        programs=programs,
    )
    return inner, outer


def tools_of(calls: Calls) -> "Tools":
    """Return the tools of the Model Context Protocol, whose library is optional."""
    from citewell.web.tools import Tools  # noqa: PLC0415

    return Tools(calls)
