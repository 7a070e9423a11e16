using System.Security.Cryptography;
using DistRec.Cluster.Security;

namespace DistRec.Cli.Cluster;

/// <summary>Reads the certificates that a node or a client shows and trusts: three PEM files, all or none of them.</summary>
internal static class TlsReader
{
    private const string Certificate = "tls-certificate";
    private const string Key = "tls-key";
    private const string Authority = "tls-authority";
    private const string VariablePrefix = "DISTREC_";

    /// <summary>The options of a node, whose variables are read with its other ones.</summary>
    public static IReadOnlyList<OptionDefinition> OfNode { get; } =
    [
        new(Certificate, "FILE", "The node's certificate in PEM; with it all connections are TLS, and both sides show one"),
        new(Key, "FILE", "Its private key in PEM"),
        new(Authority, "FILE", "The certificates of the authorities that nodes trust, in PEM"),
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
        string[] names = [Certificate, Key, Authority];
        if (!names.Any(given.Has))
        {
            return null;
        }

        int before = given.Mistakes.Lines.Count;
        foreach (string name in names)
        {
            if (!given.Has(name))
            {
                given.Mistakes.Add($"--{name}", "a PEM file", "nothing", "TLS takes certificate, key and authority");
            }
            else if (!File.Exists(given.Text(name)))
            {
                given.Mistakes.Add(given.PlaceOf(name), "a PEM file", $"none at {GivenOptions.Quote(given.Text(name)!)}", "check the path");
            }
        }

        TlsOptions tls = new()
        {
            CertificateFile = given.Text(Certificate) ?? "",
            KeyFile = given.Text(Key) ?? "",
            AuthorityFile = given.Text(Authority) ?? "",
        };
        if (given.Mistakes.Lines.Count == before)
        {
            Check(tls, given.Mistakes);
        }

        return tls;
    }

    // What a file lacks is told before anything is connected.
    private static void Check(TlsOptions tls, Mistakes mistakes)
    {
        try
        {
            new Certificates(tls).Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add(exception.Message);
        }
    }

    private static string VariableOf(string name) => VariableOptions.VariableOf(VariablePrefix, name);
}
