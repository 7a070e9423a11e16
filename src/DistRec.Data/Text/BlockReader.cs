namespace DistRec.Data;

/// <summary>Cuts the files of a data set into blocks of whole lines, one after the other. Not safe for several threads at once.</summary>
internal sealed class BlockReader(IReadOnlyList<string> paths, int headerLines, int blockSize) : IDisposable
{
    private readonly long _totalBytes = paths.Sum(Length);
    private int _nextPath;
    private int _sequence;
    private long _bytesOfClosedFiles;
    private InputFile? _file;
    private bool _atFileStart;
    private byte[] _carry = [];

    /// <summary>Bytes of all files as stored.</summary>
    public long TotalBytes => _totalBytes;

    /// <summary>Bytes read so far, as stored.</summary>
    public long BytesRead => _bytesOfClosedFiles + (_file?.Position ?? 0);

    /// <summary>Size of a buffer that any block fits in.</summary>
    public int BufferLength => blockSize + 1;

    /// <summary>Reads the next block into a buffer of <see cref="BufferLength"/> bytes.</summary>
    /// <returns>The block, or null at the end of the last file.</returns>
    public TextBlock? Read(byte[] buffer)
    {
        while (true)
        {
            if (_file is null)
            {
                if (_nextPath == paths.Count)
                {
                    return null;
                }

                _file = InputFile.Open(paths[_nextPath++]);
                _atFileStart = true;
                _carry = [];
            }

            if (ReadOfFile(buffer) is { } block)
            {
                return block;
            }
        }
    }

    public void Dispose() => _file?.Dispose();

    private TextBlock? ReadOfFile(byte[] buffer)
    {
        string name = _file!.Name;
        _carry.CopyTo(buffer, 0);
        int length = _carry.Length + _file.Read(buffer.AsSpan(_carry.Length, blockSize - _carry.Length));
        bool isFileEnd = length < blockSize;
        bool isFileStart = _atFileStart;
        bool endsUnterminated = false;
        int end;
        if (isFileEnd)
        {
            end = length;
            if (length > 0 && buffer[length - 1] != '\n')
            {
                endsUnterminated = true;
                buffer[end++] = (byte)'\n';
            }

            _bytesOfClosedFiles += _file.Position;
            _file.Dispose();
            _file = null;
        }
        else
        {
            end = buffer.AsSpan(0, length).LastIndexOf((byte)'\n') + 1;
            if (end == 0)
            {
                throw InputException.At(name, $"lines of at most {blockSize:N0} bytes", "a longer one", "check that the file is text with line ends");
            }

            _carry = buffer[end..length];
        }

        int skippedLines = 0;
        int start = isFileStart ? SkipLines(buffer.AsSpan(0, end), out skippedLines) : 0;

        _atFileStart = false;
        return end == 0 ? null : new TextBlock(_sequence++, name, start..end, isFileStart, skippedLines, endsUnterminated);
    }

    private int SkipLines(ReadOnlySpan<byte> text, out int skippedLines)
    {
        int start = 0;
        for (skippedLines = 0; skippedLines < headerLines && start < text.Length; skippedLines++)
        {
            start += text[start..].IndexOf((byte)'\n') + 1;
        }

        return start;
    }

    private static long Length(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}

/// <summary>A run of whole lines.</summary>
/// <param name="Sequence">Position among all blocks, from 0.</param>
/// <param name="FileName">The file it is of, as messages show it.</param>
/// <param name="Text">Where its lines are in the buffer; the last byte is a line feed.</param>
/// <param name="IsFileStart">Whether it is the first of its file.</param>
/// <param name="SkippedLines">How many lines, the header being the last, stand above it in the file's first block.</param>
/// <param name="EndsUnterminated">Whether the last line had no line feed in the file.</param>
internal sealed record TextBlock(int Sequence, string FileName, Range Text, bool IsFileStart, int SkippedLines, bool EndsUnterminated);
