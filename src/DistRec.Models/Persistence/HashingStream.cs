using System.Security.Cryptography;

namespace DistRec.Models.Persistence;

/// <summary>Hashes and counts what is written through it. Leaves the stream below open.</summary>
internal sealed class HashingStream(Stream target, IncrementalHash hash) : SequentialStream
{
    /// <summary>Bytes written so far.</summary>
    public long Written { get; private set; }

    public override bool CanWrite => true;

    public override long Position => Written;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        target.Write(buffer);
        hash.AppendData(buffer);
        Written += buffer.Length;
    }

    public override void Flush() => target.Flush();
}
