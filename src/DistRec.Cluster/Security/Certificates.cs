using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DistRec.Cluster.Security;

/// <summary>The certificate that a node or a client shows, and its judgement of others'. All members are thread-safe.</summary>
public sealed class Certificates : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];

    /// <summary>Reads the files.</summary>
    /// <exception cref="CryptographicException">
    /// A file holds no usable certificate or key, or the key is of another certificate.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public Certificates(TlsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Own = Load(options.CertificateFile, options.KeyFile);
        _authorities.ImportFromPemFile(options.AuthorityFile);
        if (_authorities.Count == 0)
        {
            throw new CryptographicException(
                $"{options.AuthorityFile}: expected certificates of authorities in PEM, found none; "
                + "give the file that signed the nodes' certificates");
        }
    }

    /// <summary>What it shows to others.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>Reads a certificate with its private key, both in PEM.</summary>
    /// <exception cref="CryptographicException">The files hold no usable certificate or key, or the key is of another certificate.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new CryptographicException(
                $"{certificateFile}: expected a certificate in PEM and in {keyFile} its private key, "
                + $"found: {exception.Message}; give the two that were issued together",
                exception);
        }
    }

    /// <summary>Whether one of the authorities signed it and, where names count, it is for the host that was called.</summary>
    /// <param name="certificate">What the other side showed; null for none.</param>
    /// <param name="errors">What the framework found.</param>
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

    /// <summary>Lets connections show the certificate and judge that of the other side.</summary>
    /// <param name="ssl">Of the connections' handler, before its first use.</param>
    /// <param name="ofAnyName">Whether the other side's certificate may be for another name than the one that is called.</param>
    public void Secure(SslClientAuthenticationOptions ssl, bool ofAnyName = false)
    {
        ArgumentNullException.ThrowIfNull(ssl);
        ssl.ClientCertificates = [Own];
        ssl.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            IsTrusted(certificate, ofAnyName ? errors & ~SslPolicyErrors.RemoteCertificateNameMismatch : errors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Own.Dispose();
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }
}
