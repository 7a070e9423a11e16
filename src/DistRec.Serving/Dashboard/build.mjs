// Bundles the dashboard into out/: index.html and assets/, all gzipped, the assets named after a hash of their content.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { compile } from "sass";

const output = path.resolve("out");

const scss = {
    name: "scss",
    setup(bundle) {
        bundle.onLoad({ filter: /\.scss$/ }, ({ path: file }) => ({
            contents: compile(file, { loadPaths: ["node_modules"], quietDeps: true, silenceDeprecations: ["if-function"] }).css,
            loader: "css",
        }));
    },
};

const { outputFiles } = await build({
    entryPoints: { app: "src/main.tsx", icon: "icon.svg" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox124", "safari17.5"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    plugins: [scss],
    legalComments: "eof",
    charset: "utf8",
    entryNames: "assets/[name]-[hash]",
    outdir: output,
    write: false,
    logLevel: "warning",
});

const names = outputFiles.map((file) => path.relative(output, file.path).replaceAll(path.sep, "/"));
const page = (await readFile("index.html", "utf8"))
    .replace(/"(?:app|icon)\.(\w+)"/g, (_, extension) => `"${names.find((name) => name.endsWith(`.${extension}`))}"`);

await rm(output, { recursive: true, force: true });
await mkdir(path.join(output, "assets"), { recursive: true });
let size = 0;
let gzipped = 0;
for (const [name, content] of [...outputFiles.map((file, index) => [names[index], file.contents]), ["index.html", Buffer.from(page)]]) {
    const packed = gzipSync(content, { level: 9 });
    size += content.length;
    gzipped += packed.length;
    await writeFile(path.join(output, `${name}.gz`), packed);
}

console.log(`dashboard: ${(size / 1000).toFixed(1)} kB, ${(gzipped / 1000).toFixed(1)} kB gzipped`);
