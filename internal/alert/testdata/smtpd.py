"""A mail server that was not written for these tests: aiosmtpd with STARTTLS and
AUTH, for ann with the password geheim.

    smtpd.py CERTIFICATE KEY

It prints its port, then each mail that it takes, as JSON, a line each, and ends
with its standard input. Nobody is called nobody@, and full@ has a full mailbox.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

REFUSED = {"nobody": "550 5.1.1 no such user here", "full": "452 4.2.2 mailbox full"}


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = REFUSED.get(address.split("@")[0])
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(tls=session.ssl is not None, user=session.auth_data, sender=envelope.mail_from, to=envelope.rcpt_tos, text=envelope.content.decode())
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    ok = data.login == b"ann" and data.password == b"geheim"
    return AuthResult(success=ok, handled=False, auth_data="ann")


async def main(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def protocol():
        return SMTP(Handler(), hostname="localhost", tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0)
    say(port=server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
