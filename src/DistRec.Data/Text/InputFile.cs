namespace DistRec.Data;

/// <summary>Opens files of ratings or titles: gzip and Parquet are told by their first bytes, a byte order mark is skipped, failures are named.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly FileStream _file;
    private readonly GzipText? _unpacked;
    private readonly ParquetText? _table;

    private InputFile(string path, FileStream file, GzipText? unpacked, ParquetText? table)
    {
        Path = path;
        _file = file;
        _unpacked = unpacked;
        _table = table;
    }

    /// <summary>Whether the text is made of a Parquet file.</summary>
    public bool IsParquet => _table is not null;

    /// <summary>The byte order mark that some programs put in front of UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    public string Path { get; }

    /// <summary>Name as messages show it.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Bytes of the file, as stored, that have been read.</summary>
    public long Position => _file.Position;

    public static InputFile Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (!file.CanSeek)
            {
                throw InputException.At(path, "a file", "a pipe, which can be read only once", "write it to a file first");
            }

            Span<byte> head = stackalloc byte[4];
            int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            head = head[..length];
            RefuseOtherKinds(path, head);
            bool isGzip = head is [0x1F, 0x8B, ..];
            bool isParquet = head.SequenceEqual("PAR1"u8);
            file.Position = head.StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
            return new InputFile(
                path, file, isGzip ? new GzipText(file) : null, isParquet ? new ParquetText(file, System.IO.Path.GetFileName(path)) : null);
        }
        catch (InvalidDataException error)
        {
            file?.Dispose();
            throw CorruptGzip(path, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw Unreadable(path, error);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>All of a file that fits into memory.</summary>
    public static byte[] ReadAll(string path)
    {
        using InputFile file = Open(path);
        byte[] text = new byte[1 << 16];
        int length = 0;
        while (true)
        {
            length += file.Read(text.AsSpan(length));
            if (length < text.Length)
            {
                return text[..length];
            }

            Array.Resize(ref text, checked(text.Length * 2));
        }
    }

    /// <summary>Fills the buffer as far as the file reaches.</summary>
    public int Read(Span<byte> buffer)
    {
        try
        {
            return _unpacked?.Read(buffer) ?? _table?.Read(buffer) ?? _file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw CorruptGzip(Path, error);
        }
        catch (IOException error)
        {
            throw Unreadable(Path, error);
        }
    }

    public void Dispose()
    {
        _unpacked?.Dispose();
        _table?.Dispose();
        _file.Dispose();
    }

    private static void RefuseOtherKinds(string path, ReadOnlySpan<byte> head)
    {
        string? kind = head switch
        {
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16 text",
            [(byte)'P', (byte)'K', 3, 4] => "a zip archive",
            [0x28, 0xB5, 0x2F, 0xFD] => "a zstd file",
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "a bzip2 file",
            [0xFD, (byte)'7', (byte)'z', (byte)'X'] => "an xz file",
            _ => null,
        };
        if (kind is not null)
        {
            throw InputException.At(System.IO.Path.GetFileName(path), "UTF-8 text, Parquet or gzip", kind, "unpack or convert it first");
        }
    }

    private static InputException CorruptGzip(string path, Exception error) =>
        new($"{System.IO.Path.GetFileName(path)}: expected a whole gzip file, found a damaged one ({error.Message.TrimEnd('.')}); get the file again", error);

    private static InputException Unreadable(string path, Exception error) => error is FileNotFoundException or DirectoryNotFoundException
        ? new($"{path}: expected a file, found none; check the path", error)
        : new($"{path}: expected a readable file, found that it cannot be read ({error.Message.TrimEnd('.')}); check its permissions", error);
}
