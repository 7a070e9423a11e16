using System.Security.Cryptography;
using DistRec.Cluster.Security;
using DistRec.Serving.Hosting;

namespace DistRec.Cli.Cluster;

/// <summary>
/// Reads the certificates that a node or a client shows and trusts: three PEM files, all or none of them; and the one that a server's API shows: two.
/// </summary>
internal static class TlsReader
{
    private const string Certificate = "tls-certificate";
    private const string Key = "tls-key";
    private const string Authority = "tls-authority";
    private const string ApiCertificate = "api-tls-certificate";
    private const string ApiKey = "api-tls-key";
    private const string VariablePrefix = "DISTREC_";

    /// <summary>The options of a node, whose variables are read with its other ones.</summary>
    public static IReadOnlyList<OptionDefinition> OfNode { get; } =
    [
        new(Certificate, "FILE", "The node's certificate in PEM; with it all connections are TLS, and both sides show one"),
        new(Key, "FILE", "Its private key in PEM"),
        new(Authority, "FILE", "The certificates of the authorities that nodes trust, in PEM"),
    ];

    /// <summary>The options of a server's API.</summary>
    public static IReadOnlyList<OptionDefinition> OfApi { get; } =
    [
        new(ApiCertificate, "FILE", "The certificate that the API shows, in PEM, followed by those between it and the authority; with it the API is https:// alone"),
        new(ApiKey, "FILE", "Its private key in PEM"),
    ];

    /// <summary>The options of whoever calls a cluster.</summary>
    public static IReadOnlyList<OptionDefinition> OfClient { get; } =
    [
        new(Certificate, "FILE", $"A certificate in PEM to show to a cluster whose address is https:// [${VariableOf(Certificate)}]"),
        new(Key, "FILE", $"Its private key in PEM [${VariableOf(Key)}]"),
        new(Authority, "FILE", $"The certificates of the authorities that signed the nodes', in PEM [${VariableOf(Authority)}]"),
    ];

    /// <summary>The certificates of a client, from options or variables.</summary>
    /// <inheritdoc cref="Read(GivenOptions)"/>
    public static TlsOptions? Read(GivenOptions given, CliHost host) => Read(VariableOptions.Add(given, OfClient, VariablePrefix, host));

    /// <summary>The certificates that are given.</summary>
    /// <returns>Null where none are given; beside a mistake, something that cannot be used.</returns>
    public static TlsOptions? Read(GivenOptions given)
    {
        if (!ReadFiles(given, "TLS takes certificate, key and authority", Certificate, Key, Authority))
        {
            return null;
        }

        TlsOptions tls = new()
        {
            CertificateFile = given.Text(Certificate) ?? "",
            KeyFile = given.Text(Key) ?? "",
            AuthorityFile = given.Text(Authority) ?? "",
        };
        Check(given, () => new Certificates(tls).Dispose(), Certificate, Key, Authority);
        return tls;
    }

    /// <summary>The certificate of a server's API.</summary>
    /// <inheritdoc cref="Read(GivenOptions)" path="/returns"/>
    public static ApiTlsOptions? ReadApi(GivenOptions given)
    {
        if (!ReadFiles(given, "TLS takes a certificate and its key", ApiCertificate, ApiKey))
        {
            return null;
        }

        ApiTlsOptions tls = new() { CertificateFile = given.Text(ApiCertificate) ?? "", KeyFile = given.Text(ApiKey) ?? "" };
        Check(given, tls.Check, ApiCertificate, ApiKey);
        return tls;
    }

    // Whether any of them is given; then all of them have to be.
    private static bool ReadFiles(GivenOptions given, string advice, params ReadOnlySpan<string> names)
    {
        bool isAny = false;
        foreach (string name in names)
        {
            isAny |= given.Has(name);
        }

        foreach (string name in isAny ? names : [])
        {
            if (!given.Has(name))
            {
                given.Mistakes.Add($"--{name}", "a PEM file", "nothing", advice);
            }
            else if (!File.Exists(given.Text(name)))
            {
                given.Mistakes.Add(given.PlaceOf(name), "a PEM file", $"none at {GivenOptions.Quote(given.Text(name)!)}", "check the path");
            }
        }

        return isAny;
    }

    // What a file lacks is told before anything is connected.
    private static void Check(GivenOptions given, Action check, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!File.Exists(given.Text(name)))
            {
                return;
            }
        }

        try
        {
            check();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            given.Mistakes.Add(exception.Message);
        }
    }

    private static string VariableOf(string name) => VariableOptions.VariableOf(VariablePrefix, name);
}
