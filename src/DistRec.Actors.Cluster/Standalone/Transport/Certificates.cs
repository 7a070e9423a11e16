using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>A node's own certificate and its judgement of others'.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];

    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no usable certificate or key.</exception>
    public Certificates(TlsOptions options)
    {
        Own = X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile);
        _authorities.ImportFromPemFile(options.AuthorityFile);
    }

    public X509Certificate2 Own { get; }

    /// <summary>Whether one of the authorities signed it and, where names count, it is for the host that was called.</summary>
    public bool IsTrusted(X509Certificate? certificate, SslPolicyErrors errors)
    {
        const SslPolicyErrors Fatal = SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch;
        if (certificate is null || (errors & Fatal) != 0)
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using X509Certificate2 shown = new(certificate);
        return chain.Build(shown);
    }

    public void Dispose()
    {
        Own.Dispose();
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }
}
