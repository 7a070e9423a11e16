using System.Security.Cryptography;
using DistRec.Data;

namespace DistRec.Cluster.Security;

/// <summary>
/// A request's body that is hashed while it is read, once and without being kept. The read that would bring its end fails if what
/// came is not what the sender signed, so whoever reads to the end before it acts never acts on another body.
/// </summary>
internal sealed class SignedBody : SequentialStream
{
    private readonly Stream _body;
    private readonly string _signedHash;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long? _remaining;
    private bool _hasEnded;

    /// <param name="body">The body as it comes.</param>
    /// <param name="length">Its length; null where that is not known beforehand.</param>
    /// <param name="signedHash">The hash that the sender signed.</param>
    public SignedBody(Stream body, long? length, string signedHash)
    {
        _body = body;
        _remaining = length;
        _signedHash = signedHash;
        if (length == 0)
        {
            // Whoever expects no body does not read one.
            End();
        }
    }

    /// <summary>What is wrong with the body, in words; null where nothing is, as far as it was read.</summary>
    public string? Fault { get; private set; }

    public override bool CanRead => true;

    /// <exception cref="CryptographicException">The body is not the one that was signed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfFaulty();
        int read = await _body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _hash.AppendData(buffer.Span[..read]);
        _remaining -= read;
        if (!_hasEnded && (_remaining == 0 || (read == 0 && !buffer.IsEmpty)))
        {
            End();
            ThrowIfFaulty();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private void End()
    {
        _hasEnded = true;
        string found = Convert.ToHexStringLower(_hash.GetHashAndReset());
        Fault = found == _signedHash
            ? null
            : $"expected the body whose SHA-256 {_signedHash} the sender signed, found one with {found}: it was changed on its way; "
                + "send it again, and use TLS where networks are not trusted";
    }

    private void ThrowIfFaulty()
    {
        if (Fault is not null)
        {
            throw new CryptographicException(Fault);
        }
    }
}
