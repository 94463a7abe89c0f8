"""Write with a model on any server that speaks OpenAI's chat completions: Ollama, vLLM, llama.cpp, hosted.

The key comes from the environment. No setting, message, trace or export contains it.
"""

import os
from collections.abc import Generator as Yielding
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import cast

import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam

from citewell.errors import GeneratorError
from citewell.generation.chat_generator import CONTEXT_TOKENS, LIKELIEST, ChatGenerator

KEY = "OPENAI_API_KEY"
# Key for a local server: the server asks for none, but the client needs a value.
NO_KEY = "none"
SECONDS = 60.0
RETRIES = 2
CONNECT_SECONDS = 5.0


class OpenAIChatGenerator(ChatGenerator):
    """A model on a server."""

    def __init__(self, client: openai.OpenAI, model: str, context_tokens: int, *, constrained: bool) -> None:
        """Keep a client; no request is sent yet."""
        super().__init__("openai_chat", model, context_tokens, constrained=constrained)
        self._client = client
        self._model = model

    def _text(self, asked: Sequence[Mapping[str, str]], most: int, form: str) -> Yielding[str]:
        """Yield the model's text as it is written; closing the iterator closes the connection.

        The client retries when the server cannot be reached, is busy or fails before it has begun. The number
        of retries is bounded. The waits grow, with jitter, and respect Retry-After.
        """
        extra = {"grammar": form} if form else None
        ended = False
        try:
            stream = self._client.chat.completions.create(
                model=self._model,
                messages=cast("list[ChatCompletionMessageParam]", list(asked)),
                max_tokens=most,
                temperature=0,
                seed=0,
                stream=True,
                extra_body=extra,
            )
            with closing(stream):
                for chunk in stream:
                    for choice in chunk.choices or ():
                        ended = ended or bool(choice.finish_reason)
                        if choice.delta and choice.delta.content:
                            yield choice.delta.content
        except openai.OpenAIError as error:
            raise GeneratorError(self._explain(error)) from error
        except httpx2.HTTPError as error:
            message = f"the connection to {self._where} broke off while it wrote ({type(error).__name__})"
            raise GeneratorError(message) from error
        except (ValueError, AttributeError, TypeError) as error:  # of the client, over chunks that are none
            message = (
                f"{self._where} sent no chat completion ({type(error).__name__}); is it an "
                "OpenAI-compatible server?"
            )
            raise GeneratorError(message) from error
        if not ended:
            message = f"{self._where} broke off while it wrote"
            raise GeneratorError(message)

    def _likely(self, asked: Sequence[Mapping[str, str]]) -> Mapping[str, float]:
        """Ask for one token, and the likeliest alternatives to it; many servers do not give them."""
        try:
            reply = self._client.chat.completions.create(
                model=self._model,
                messages=cast("list[ChatCompletionMessageParam]", list(asked)),
                max_tokens=1,
                temperature=0,
                seed=0,
                logprobs=True,
                top_logprobs=LIKELIEST,
            )
            told = reply.choices[0].logprobs
            first = told.content[0].top_logprobs if told and told.content else ()
            return {token.token: token.logprob for token in first}
        except openai.OpenAIError as error:
            raise GeneratorError(self._explain(error)) from error
        except (ValueError, AttributeError, TypeError, IndexError, httpx2.HTTPError) as error:
            message = f"{self._where} gives no grade ({type(error).__name__})"
            raise GeneratorError(message) from error

    @property
    def _where(self) -> str:
        url = self._client.base_url
        return f"the server at {url.scheme}://{url.host}{f':{url.port}' if url.port else ''}"

    def _explain(self, error: openai.OpenAIError) -> str:
        """Return in one line what is wrong and what to do; the line repeats nothing of the request."""
        status = getattr(error, "status_code", 0)
        if isinstance(error, openai.BadRequestError) and "context" in str(error.body).casefold():
            problem = f"finds that more than the context of {self._model!r} was sent: lower context_tokens"
        else:
            problem = next(
                (said for kind, said in PROBLEMS if isinstance(error, kind)),
                f"sends an error in the middle of its answer ({type(error).__name__})",
            )
        return f"{self._where} {problem.format(status=status, model=self._model)}"


# Problem by kind of error, the narrower kind first.
PROBLEMS: tuple[tuple[type[openai.OpenAIError], str], ...] = (
    (openai.APITimeoutError, "did not answer in time: raise model_seconds, or take a smaller model"),
    (openai.APIConnectionError, "cannot be reached: is it running, and is base_url right?"),
    (
        openai.AuthenticationError,
        "refuses the key ({status}): set the environment variable that api_key_variable names",
    ),
    (openai.PermissionDeniedError, "does not allow this key to use the model {model!r} ({status})"),
    (openai.NotFoundError, "has no model {model!r} ({status}): set model to one that it lists"),
    (openai.RateLimitError, "is asked too often ({status}): wait, or raise model_retries"),
    (openai.APIStatusError, "fails ({status})"),
)


def create(  # noqa: PLR0913  # each is a setting
    *,
    model: str = "",
    base_url: str = "",
    api_key_variable: str = KEY,
    context_tokens: int = CONTEXT_TOKENS,
    grammar: bool = False,
    model_seconds: float = SECONDS,
    model_retries: int = RETRIES,
) -> OpenAIChatGenerator:
    """Make the generator.

    Args:
        model: Name of the model on the server.
        base_url: Address of the server, as in `http://127.0.0.1:11434/v1`. There is no default, so text is
            sent only to a server that was named.
        api_key_variable: Environment variable with the key.
        context_tokens: Tokens of prompt and answer together, as the model counts them.
        grammar: Whether the server takes llama.cpp's `grammar`.
        model_seconds: Longest wait for the next words.
        model_retries: How often the server is asked again.

    Raises:
        GeneratorError: No server or no model is named, or the address is invalid.
    """
    if not model or not base_url:
        lacking = "model" if base_url else "base_url"
        message = (
            f"openai_chat needs {lacking}: give --base-url and --model, as in "
            "--base-url http://127.0.0.1:11434/v1 --model qwen2.5:1.5b"
        )
        raise GeneratorError(message)
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        message = f"base_url {base_url!r} is not an address: {error}"
        raise GeneratorError(message) from error
    if url.scheme not in {"http", "https"} or not url.host:
        message = f"base_url {base_url!r} is not an http or https address such as http://127.0.0.1:11434/v1"
        raise GeneratorError(message)
    client = openai.OpenAI(
        base_url=base_url,
        api_key=os.environ.get(api_key_variable) or NO_KEY,
        timeout=httpx2.Timeout(model_seconds, connect=CONNECT_SECONDS),
        max_retries=model_retries,
    )
    return OpenAIChatGenerator(client, model, context_tokens, constrained=grammar)
