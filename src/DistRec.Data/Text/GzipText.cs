using System.IO.Compression;

namespace DistRec.Data;

/// <summary>
/// Unpacks gzip and notices when it ends too early. The framework's stream ends quietly in the middle of a cut-off file, so a further
/// member with known content is put behind the file: text that does not end in it was not whole.
/// </summary>
internal sealed class GzipText : IDisposable
{
    private const int BufferLength = 1 << 16;

    private static readonly byte[] Seal = "\0distrec: whole\0"u8.ToArray();
    private static readonly byte[] SealMember = Pack(Seal);

    private readonly GZipStream _unpacker;
    private readonly byte[] _buffer = new byte[BufferLength];
    private int _start;
    private int _end;
    private bool _isEnded;

    public GzipText(Stream packed)
    {
        _unpacker = new GZipStream(new SealedStream(packed), CompressionMode.Decompress);
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith(InputFile.Utf8Mark))
        {
            _start = InputFile.Utf8Mark.Length;
        }
    }

    /// <summary>Fills the buffer as far as the text reaches.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or cut off.</exception>
    public int Read(Span<byte> buffer)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            // The last bytes are held back until they are known not to be the seal.
            int ready = _end - _start - Seal.Length;
            if (ready <= 0)
            {
                if (_isEnded)
                {
                    break;
                }

                Fill();
                continue;
            }

            int count = Math.Min(ready, buffer.Length - length);
            _buffer.AsSpan(_start, count).CopyTo(buffer[length..]);
            _start += count;
            length += count;
        }

        return length;
    }

    public void Dispose() => _unpacker.Dispose();

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read = _unpacker.ReadAtLeast(_buffer.AsSpan(_end), Seal.Length + 1, throwOnEndOfStream: false);
        _end += read;
        _isEnded = read <= Seal.Length;
        if (_isEnded && !_buffer.AsSpan(0, _end).EndsWith(Seal))
        {
            throw new InvalidDataException("it ends too early");
        }
    }

    private static byte[] Pack(byte[] text)
    {
        using var packed = new MemoryStream();
        using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
        {
            packer.Write(text);
        }

        return packed.ToArray();
    }

    /// <summary>The file, then the member that seals it.</summary>
    private sealed class SealedStream(Stream file) : SequentialStream
    {
        private int _sealed;

        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            int read = file.Read(buffer);
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            int count = Math.Min(buffer.Length, SealMember.Length - _sealed);
            SealMember.AsSpan(_sealed, count).CopyTo(buffer);
            _sealed += count;
            return count;
        }
    }
}
