using System.Net;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;

namespace DistRec.Cli.Verbs;

/// <summary>
/// <c>distrec health</c>: does a node or a server do its work? For containers whose image holds no other program that could ask.
/// </summary>
internal sealed class HealthVerb : Verb
{
    public override string Name => "health";

    public override string Summary => "Asks whether a node or a server does its work; exit code 1 where it does not";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec health", "the node or server of this machine or container, where the variables of distrec node or serve say it listens"),
        ("distrec health --url http://coordinator.example:7400", "another node"),
        ("distrec health --server --url http://recommend.example:7500", "another server"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new(
            "url", "URL",
            "The address; default that of DISTREC_NODE_LISTEN, else port 7400; of a server DISTREC_SERVE_LISTEN, else port 7500")
        {
            IsPositional = true,
        },
        new("server", null, "Ask a server, at its API, about all users; the default where DISTREC_SERVE_LISTEN is set and no URL given"),
        new("live", null, "Ask only whether the process is worth keeping: a node that waits for its cluster is"),
        new("timeout-seconds", "N", "Seconds to wait for the answer; default 5"),
        .. TlsReader.OfNode,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        bool isLive = given.Flag("live");
        // Where the settings are those of a server, the node is a part of it.
        bool isServer = given.Flag("server") || (!given.Has("url") && ServeOptions.Gather(given, host).Has("listen"));
        Question question = isServer ? OfServer(given, isLive, host) : OfNode(given, isLive, host);
        int seconds = given.Integer("timeout-seconds", 5, 1, "5 is usual", 600);
        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();

        string? fault = await FindFaultAsync(question, TimeSpan.FromSeconds(seconds), host);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { url = question.Address, healthy = fault is null, fault });
        }
        else if (fault is null)
        {
            await host.Output.WriteLineAsync("ok");
        }
        else
        {
            await host.Error.WriteLineAsync($"{question.Address}: expected a {question.Whom} that does its work, found {fault}");
        }

        return fault is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static Question OfNode(GivenOptions given, bool isLive, CliHost host)
    {
        GivenOptions gathered = NodeOptions.Gather(given, host);
        TlsOptions? tls = TlsReader.Read(gathered);
        string scheme = tls is null ? "http" : "https";
        int port = gathered.Has("listen") ? NodeOptions.ReadListen(gathered, coordinates: true).Port : ClusterNodeOptions.DefaultPort;
        Uri address = NodeOptions.ReadAddress(gathered, "url", scheme) ?? new Uri($"{scheme}://127.0.0.1:{port}/");
        return new Question("node", address, isLive ? "/health/live" : "/health/ready", IsOwn: !gathered.Has("url"), tls);
    }

    // Clients of the API show no certificate, and what the server shows is for the authorities that this machine trusts.
    private static Question OfServer(GivenOptions given, bool isLive, CliHost host)
    {
        given.Refuse(
            [.. TlsReader.OfNode.Select(option => option.Name)],
            "nothing beside --server", "leave it out: a server's API is shown no certificate");
        GivenOptions gathered = ServeOptions.Gather(given, host);
        string scheme = gathered.Has(TlsReader.OfApi[0].Name) ? "https" : "http";
        Uri address = NodeOptions.ReadAddress(gathered, "url", scheme)
            ?? new Uri($"{scheme}://{OwnAddressOf(ServeOptions.ReadListen(gathered))}/");
        return new Question("server", address, isLive ? "/healthz/live" : "/healthz/ready", IsOwn: !gathered.Has("url"), Tls: null);
    }

    // Where this machine reaches what listens on all of its addresses.
    private static IPEndPoint OwnAddressOf(IPEndPoint listen) =>
        listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any)
            ? new IPEndPoint(IPAddress.Loopback, listen.Port)
            : listen;

    private static async Task<string?> FindFaultAsync(Question question, TimeSpan patience, CliHost host)
    {
        using Certificates? certificates = question.Tls is null ? null : new Certificates(question.Tls);
        using SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };

        // A certificate is for the name that others call it by, not for the loopback.
        certificates?.Secure(handler.SslOptions, ofAnyName: question.IsOwn);
        if (question is { IsOwn: true, Tls: null })
        {
            // Those who call it by its name judge whose it is; nothing secret is sent.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        }

        using HttpMessageInvoker http = new(host.Network ?? handler, disposeHandler: false);
        using CancellationTokenSource limit = new(patience, host.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, host.Stop);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(question.Address, question.Path));
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.ServiceUnavailable => await response.Content.ReadAsStringAsync(either.Token),
                _ => $"the answer {(int)response.StatusCode} to GET {question.Path}",
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

    /// <summary>What is asked, and whom.</summary>
    /// <param name="Whom">What answers, in a word.</param>
    /// <param name="Address">Where it listens.</param>
    /// <param name="Path">Of the question.</param>
    /// <param name="IsOwn">Whether it is the one of this machine or container, by its settings.</param>
    /// <param name="Tls">The certificates of a node; null where none are shown.</param>
    private sealed record Question(string Whom, Uri Address, string Path, bool IsOwn, TlsOptions? Tls);
}
