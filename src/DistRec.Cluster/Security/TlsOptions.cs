namespace DistRec.Cluster.Security;

/// <summary>
/// Certificates for a node's connections, all in PEM files. With these, every connection is encrypted and both sides
/// show a certificate that the given authority signed.
/// </summary>
public sealed record TlsOptions
{
    /// <summary>The node's certificate, followed by those between it and the authority if there are any.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>Its private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>The certificates of the authorities that nodes trust, and no others.</summary>
    public required string AuthorityFile { get; init; }

    /// <summary>
    /// Whether whoever connects must show a certificate; false lets browsers in that have none, nodes still prove the secret.
    /// </summary>
    public bool RequireClientCertificate { get; init; } = true;

    internal void CollectErrors(List<string> errors)
    {
        foreach ((string name, string path) in new[]
        {
            (nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(AuthorityFile), AuthorityFile),
        })
        {
            if (!File.Exists(path))
            {
                errors.Add($"Tls.{name}: expected a PEM file, found none at \"{path}\"");
            }
        }
    }
}
