"""Make the application that Gradio serves the page with; importing this takes seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import gradio as gr
from fastapi import FastAPI

from citewell.assistant import Assistant
from citewell.web import page
from citewell.web.access import Access
from citewell.web.blocks import hush
from citewell.web.completions import Completions
from citewell.web.intake import Intake
from citewell.web.receiving import Receiving
from citewell.web.theme import theme
from citewell.web.translations import words
from citewell.web.uploads import UploadLimits, Uploads


async def application(assistant: Assistant, access: Access) -> tuple[gr.routes.App, FastAPI]:
    """Return Gradio's application, and the application that it is mounted in.

    The function awaits nothing. It is a coroutine because Gradio, without a running event loop, would make
    loops and never close them.
    """
    hush()
    uploads = Uploads(UploadLimits.of(assistant.settings))
    blocks = page.build(assistant, uploads)
    head = page.fill_template("head.html", words(assistant.settings.language))

    @asynccontextmanager
    async def open_until_stopped(_app: FastAPI) -> AsyncIterator[None]:
        yield
        uploads.close()

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=open_until_stopped)
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
        mcp_server=access.mcp,
        theme=theme(),
        # In the head, not as `css`: Gradio would rewrite its selectors.
        head=f"{head}<style>{''.join(map(page.text_of, page.STYLES))}</style>",
    )
    if blocks.mcp_server_obj:
        # Otherwise Gradio would call the address that the first request claims as its own.
        blocks.mcp_server_obj._local_url = f"http://127.0.0.1:{access.port}/"  # noqa: SLF001
    apps = (getattr(route, "app", None) for route in outer.routes)
    inner = next(app for app in apps if isinstance(app, gr.routes.App))
    tools = frozenset(blocks.mcp_server_obj.tool_to_endpoint) if blocks.mcp_server_obj else frozenset()
    receiving = Receiving(uploads, access.upload_bytes)
    outer.add_middleware(
        Intake,
        inputs=page.inputs(blocks),
        receiving=receiving,
        completing=Completions(assistant).answer,
        tools=tools,
    )
    return inner, outer
