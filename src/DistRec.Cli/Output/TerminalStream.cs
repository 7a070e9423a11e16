namespace DistRec.Cli.Output;

/// <summary>A standard stream whose other end may be gone, as that of a terminal is that was closed: what nobody can read any more is no reason to lose a job.</summary>
/// <param name="inner">The stream.</param>
/// <param name="mayFail">Whether failures to write count for nothing.</param>
internal sealed class TerminalStream(Stream inner, Func<bool> mayFail) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (IOException) when (mayFail())
        {
            // Nobody reads it.
        }
    }

    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (IOException) when (mayFail())
        {
            // Nobody reads it.
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
