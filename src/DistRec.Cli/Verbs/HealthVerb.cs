using System.Net;
using DistRec.Cluster.Security;
using DistRec.Cli.Cluster;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec health</c>: does a node do its work? For containers whose image holds no other program that could ask.</summary>
internal sealed class HealthVerb : Verb
{
    public override string Name => "health";

    public override string Summary => "Asks whether a node does its work; exit code 1 where it does not";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec health", "the node of this machine or container, where the variables of distrec node say it listens"),
        ("distrec health --url http://coordinator.example:7400", "another one"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("url", "URL", "The node's address; default the port of DISTREC_NODE_LISTEN, else 7400, on 127.0.0.1") { IsPositional = true },
        new("live", null, "Ask only whether the process is worth keeping: a node that waits for its cluster is"),
        new("timeout-seconds", "N", "Seconds to wait for the answer; default 5"),
        .. TlsReader.OfNode,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = NodeOptions.Gather(given, host);
        TlsOptions? tls = TlsReader.Read(gathered);
        string scheme = tls is null ? "http" : "https";
        Uri node = NodeOptions.ReadAddress(gathered, "url", scheme)
            ?? new Uri($"{scheme}://127.0.0.1:{(gathered.Has("listen") ? NodeOptions.ReadListen(gathered, coordinates: true).Port : 7400)}/");
        int seconds = gathered.Integer("timeout-seconds", 5, 1, "5 is usual", 600);
        bool isJson = gathered.Flag("json");
        gathered.Mistakes.ThrowIfAny();

        string path = gathered.Flag("live") ? "/health/live" : "/health/ready";
        string? fault = await FindFaultAsync(new Uri(node, path), tls, !gathered.Has("url"), TimeSpan.FromSeconds(seconds), host);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { url = node, healthy = fault is null, fault });
        }
        else if (fault is null)
        {
            await host.Output.WriteLineAsync("ok");
        }
        else
        {
            await host.Error.WriteLineAsync($"{node}: expected a node that does its work, found {fault}");
        }

        return fault is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<string?> FindFaultAsync(Uri address, TlsOptions? tls, bool isOwnNode, TimeSpan patience, CliHost host)
    {
        using Certificates? certificates = tls is null ? null : new Certificates(tls);
        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };

        // A node's certificate is for the name that others call it by, not for the loopback.
        certificates?.Secure(handler.SslOptions, ofAnyName: isOwnNode);
        using HttpMessageInvoker http = new(host.Network ?? handler, disposeHandler: false);
        using CancellationTokenSource limit = new(patience, host.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, host.Stop);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.ServiceUnavailable => await response.Content.ReadAsStringAsync(either.Token),
                _ => $"the answer {(int)response.StatusCode} to GET {address.AbsolutePath}",
            };
        }
        catch (OperationCanceledException) when (!host.Stop.IsCancellationRequested)
        {
            return $"no answer for {patience.TotalSeconds:0} s";
        }
        catch (HttpRequestException exception)
        {
            return (exception.InnerException ?? exception).Message;
        }
    }
}
