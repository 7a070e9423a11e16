using System.IO.Compression;
using System.Net.Mime;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using HeaderNames = Microsoft.Net.Http.Headers.HeaderNames;

namespace DistRec.Serving.Dashboard;

/// <summary>
/// Serves the dashboard's files from the assembly. They are embedded gzipped; the page is asked for anew each time, and names its assets by
/// their content, so that a browser keeps those for good. A build without the dashboard serves a page that says so.
/// </summary>
internal static class DashboardFiles
{
    private const string Prefix = "dashboard/";
    private const string Page = "index.html";

    // The dashboard is its own files and what it asks this server, and nobody's frame.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private const string Missing = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>DistRec</title></head>
        <body>
        <main>
        <h1>DistRec answers, without a dashboard</h1>
        <p>This build has no dashboard: where it was built, npm or its registry could not be reached.
        To have one, install Node.js 18 or later with npm, build DistRec again, and start the server from that build.</p>
        <p>The API works all the same: see <a href="docs">its documentation</a> and <a href="openapi/v1.json">its OpenAPI document</a>.</p>
        </main>
        </body>
        </html>
        """;

    /// <summary>Maps <c>/</c> and <c>/assets</c>, which need no key: they hold nothing of the server's data.</summary>
    /// <param name="routes">The server's root.</param>
    public static void Map(IEndpointRouteBuilder routes) => Map(routes, Read(typeof(DashboardFiles).Assembly));

    /// <summary>Likewise for given files.</summary>
    /// <param name="routes">The server's root.</param>
    /// <param name="files">Gzipped, by their paths; none for a build without the dashboard.</param>
    internal static void Map(IEndpointRouteBuilder routes, IReadOnlyDictionary<string, byte[]> files)
    {
        DashboardFile page = new(Page, files.TryGetValue(Page, out byte[]? packed) ? packed : Pack(Missing));
        Dictionary<string, DashboardFile> assets = files.Where(file => file.Key != Page)
            .ToDictionary(file => file.Key, file => new DashboardFile(file.Key, file.Value), StringComparer.Ordinal);
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods("/", reading, context => SendAsync(context, page, "no-cache")).ExcludeFromDescription();
        routes.MapMethods("/assets/{name}", reading, async context =>
        {
            if (assets.TryGetValue($"assets/{context.GetRouteValue("name")}", out DashboardFile? asset))
            {
                await SendAsync(context, asset, "public, max-age=31536000, immutable").ConfigureAwait(false);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        }).ExcludeFromDescription();
    }

    private static Dictionary<string, byte[]> Read(Assembly assembly) => assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(name => name[Prefix.Length..^".gz".Length], name =>
        {
            using Stream stream = assembly.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        });

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static async Task SendAsync(HttpContext context, DashboardFile file, string caching)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = caching;
        headers.ETag = file.Tag.ToString();
        headers.Vary = HeaderNames.AcceptEncoding;
        RequestHeaders asked = context.Request.GetTypedHeaders();
        if (asked.IfNoneMatch.Any(tag => tag.Tag == "*" || tag.Compare(file.Tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        bool isPacked = asked.AcceptEncoding.Any(coding => coding.Value == "gzip" && coding.Quality != 0);
        if (isPacked)
        {
            headers.ContentEncoding = "gzip";
        }

        response.ContentLength = isPacked ? file.Packed.Length : file.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        if (isPacked)
        {
            await response.Body.WriteAsync(file.Packed, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        await using GZipStream content = file.Open();
        await content.CopyToAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>A file of the dashboard.</summary>
    /// <param name="path">Its path below the server's root.</param>
    /// <param name="packed">Its content, gzipped.</param>
    private sealed class DashboardFile(string path, byte[] packed)
    {
        public byte[] Packed { get; } = packed;

        /// <summary>Bytes of the content, which the format keeps in its last four (RFC 1952).</summary>
        public long Length { get; } = BitConverter.ToUInt32(packed, packed.Length - 4);

        /// <summary>Weak: with and without gzip the same content, not the same bytes.</summary>
        public EntityTagHeaderValue Tag { get; } = new($"\"{Convert.ToHexStringLower(SHA256.HashData(packed).AsSpan(0, 8))}\"", isWeak: true);

        public string ContentType { get; } = Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".txt" => "text/plain; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => MediaTypeNames.Application.Octet,
        };

        public GZipStream Open() => new(new MemoryStream(Packed, writable: false), CompressionMode.Decompress);
    }
}
