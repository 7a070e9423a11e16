// Bundles the dashboard into out/: index.html and assets/, all gzipped, the assets named after a hash of their content.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const output = path.resolve("out");

const { outputFiles } = await build({
    entryPoints: { app: "src/main.tsx", icon: "icon.svg" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox124", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    legalComments: "none",
    charset: "utf8",
    entryNames: "assets/[name]-[hash]",
    outdir: output,
    write: false,
    logLevel: "warning",
});

const names = outputFiles.map((file) => path.relative(output, file.path).replaceAll(path.sep, "/"));
const page = (await readFile("index.html", "utf8")).replace(
    /"(?:app|icon)\.(\w+)"/g,
    (_, extension) => `"${names.find((name) => name.endsWith(`.${extension}`))}"`,
);

// The terms of what is bundled go with it.
const { dependencies } = JSON.parse(await readFile("package.json", "utf8"));
const terms = await Promise.all(
    Object.keys(dependencies).map(async (name) => `${name}\n\n${await readFile(`node_modules/${name}/LICENSE`, "utf8")}`),
);

await rm(output, { recursive: true, force: true });
await mkdir(path.join(output, "assets"), { recursive: true });
let size = 0;
let gzipped = 0;
for (const [index, { contents }] of outputFiles.entries()) {
    const packed = gzipSync(contents, { level: 9 });
    size += contents.length;
    gzipped += packed.length;
    await writeFile(path.join(output, `${names[index]}.gz`), packed);
}

await writeFile(path.join(output, "assets/licenses.txt.gz"), gzipSync(terms.join("\n\n"), { level: 9 }));
await writeFile(path.join(output, "index.html.gz"), gzipSync(page, { level: 9 }));

console.log(`dashboard: ${(size / 1000).toFixed(1)} kB, ${(gzipped / 1000).toFixed(1)} kB gzipped`);
