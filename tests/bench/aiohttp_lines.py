#!/usr/bin/env python3
"""An aiohttp program for comparison: reads URLs from stdin, fetches JOBS at a time, prints lines.

Usage: aiohttp_lines.py JOBS < URLS     (with uvloop if it is installed)"""
import asyncio
import sys

import aiohttp

try:
    import uvloop
    uvloop.install()
except ImportError:
    pass


async def worker(session, urls):
    for url in urls:
        async with session.get(url.strip()) as response:
            sys.stdout.buffer.write(await response.read())


async def main(jobs):
    connector = aiohttp.TCPConnector(limit=jobs)
    async with aiohttp.ClientSession(connector=connector, auto_decompress=True) as session:
        urls = iter(sys.stdin)  # shared: each worker takes the next line
        await asyncio.gather(*(worker(session, urls) for _ in range(jobs)))


asyncio.run(main(int(sys.argv[1])))
