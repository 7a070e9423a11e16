using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DistRec.Actors.Cluster;
using DistRec.Cli.Arguments;
using DistRec.Cli.Cluster;
using DistRec.Cli.Output;
using DistRec.Data;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec health</c>: does a node answer? For containers whose image holds no other program that could ask.</summary>
internal sealed class HealthVerb : Verb
{
    private const string Path = "/health";

    public override string Name => "health";

    public override string Summary => "Asks whether a node answers; exit code 1 where it does not";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec health", "the node of this machine or container, where the variables of distrec node say it listens"),
        ("distrec health --url http://seed.example:7400", "another one"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("url", "URL", "The node's address; default the port of DISTREC_NODE_LISTEN, else 7400, on 127.0.0.1") { IsPositional = true },
        new("timeout-seconds", "N", "Seconds to wait for the answer; default 5"),
        .. NodeOptions.Settings.Where(option => option.Name.StartsWith("tls-", StringComparison.Ordinal)),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = NodeOptions.Gather(given, host);
        TlsOptions? tls = NodeOptions.ReadTls(gathered);
        string scheme = tls is null ? "http" : "https";
        Uri node = NodeOptions.ReadAddress(gathered, "url", scheme)
            ?? new Uri($"{scheme}://127.0.0.1:{(gathered.Has("listen") ? NodeOptions.ReadListen(gathered, isSeed: true).Port : 7400)}/");
        int seconds = gathered.Integer("timeout-seconds", 5, 1, "5 is usual", 600);
        bool isJson = gathered.Flag("json");
        gathered.Mistakes.ThrowIfAny();

        string? fault = await FindFaultAsync(new Uri(node, Path), tls, !gathered.Has("url"), TimeSpan.FromSeconds(seconds), host);
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
            await host.Error.WriteLineAsync($"{node}: expected a node that answers, found {fault}");
        }

        return fault is null ? ExitCode.Success : ExitCode.Failure;
    }

    private static async Task<string?> FindFaultAsync(Uri address, TlsOptions? tls, bool isOwnNode, TimeSpan patience, CliHost host)
    {
        using X509Certificate2? own = tls is null ? null : LoadCertificate(tls);
        using SocketsHttpHandler? handler = host.Network is null ? CreateHandler(tls, own, isOwnNode) : null;
        using HttpMessageInvoker http = new(host.Network ?? handler!, disposeHandler: false);
        using CancellationTokenSource limit = new(patience, host.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, host.Stop);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            return response.StatusCode == HttpStatusCode.OK ? null : $"the answer {(int)response.StatusCode} to GET {Path}";
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

    private static SocketsHttpHandler CreateHandler(TlsOptions? tls, X509Certificate2? own, bool isOwnNode)
    {
        SocketsHttpHandler handler = new() { UseProxy = false, AllowAutoRedirect = false };
        if (tls is null || own is null)
        {
            return handler;
        }

        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = [own],
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        if (isOwnNode)
        {
            // Its certificate is for the name that others call it by, not for the loopback.
            handler.SslOptions.RemoteCertificateValidationCallback =
                static (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        }

        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(tls.AuthorityFile);
        return handler;
    }

    private static X509Certificate2 LoadCertificate(TlsOptions tls)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw InputException.At("--tls-certificate", "a certificate and its key in PEM", exception.Message, "give the node's own");
        }
    }
}
