// Server-sent events from a stream of bytes, as the HTML standard has them (section 9.2.6), without ids and retry times.

export interface ServerEvent {
    name: string;
    data: string;
}

export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) {
                return;
            }

            const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
            rest = blocks.pop() ?? "";
            for (const block of blocks) {
                yield parse(block);
            }
        }
    } finally {
        reader.cancel().catch(() => undefined);
    }
}

function parse(block: string): ServerEvent {
    let name = "message";
    const data: string[] = [];
    for (const line of block.split(/\r?\n/)) {
        const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (field === "event") {
            name = value!;
        } else if (field === "data") {
            data.push(value!);
        }
    }

    return { name, data: data.join("\n") };
}
