namespace DistRec.Data;

/// <summary>
/// Files in the place of pipes: a pipe can be read only once, while a file is looked at first and then read. What comes through a pipe is copied to a
/// temporary file of at most <see cref="MaximumBytes"/>, which is deleted with this.
/// </summary>
public sealed class InputPipes : IDisposable
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Most bytes that a pipe may bring: 16 GiB.</summary>
    public const long MaximumBytes = 16L << 30;

    private const int BufferLength = 1 << 16;

    private readonly Dictionary<string, string> _copies = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly long _maximumBytes;
    private string? _folder;

    /// <param name="maximumBytes">Tests make it small.</param>
    internal InputPipes(long maximumBytes) => _maximumBytes = maximumBytes;

    public InputPipes()
        : this(MaximumBytes)
    {
    }

    /// <summary>Whether what is at a path is no pipe, device or socket, as far as the system tells.</summary>
    public static bool IsFile(string path) => !SpecialFile.Is(path);

    /// <summary>The path itself, or where a pipe is there, or it is <see cref="StandardInput"/>, a file of what comes through.</summary>
    /// <param name="path">What a person gave.</param>
    /// <param name="stop">Ends the wait for a pipe that nobody writes to.</param>
    /// <exception cref="InputException">More comes than is taken, or it cannot be written down.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public string FileOf(string path, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path != StandardInput && !SpecialFile.IsPipe(path))
        {
            return path;
        }

        lock (_lock)
        {
            if (!_copies.TryGetValue(path, out string? copy))
            {
                // Each in a folder of its own, so that messages call it by the pipe's name.
                _folder ??= Directory.CreateTempSubdirectory("distrec-pipe-").FullName;
                string name = path == StandardInput ? "stdin" : Path.GetFileName(path);
                copy = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, $"{_copies.Count}")).FullName, name);
                string target = copy;

                // Reading a pipe cannot be cancelled, but need not be waited for.
                Task.Run(() => Copy(path, target), CancellationToken.None).WaitAsync(stop).GetAwaiter().GetResult();
                _copies.Add(path, copy);
            }

            return copy;
        }
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
            _folder = null;
        }
    }

    private void Copy(string path, string copy)
    {
        try
        {
            using Stream pipe = path == StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using FileStream file = new(copy, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] buffer = new byte[BufferLength];
            long length = 0;
            for (int read = pipe.Read(buffer); read > 0; read = pipe.Read(buffer))
            {
                length += read;
                if (length > _maximumBytes)
                {
                    throw InputException.At(path, $"at most {_maximumBytes:N0} bytes through a pipe", "more", "write it to a file first");
                }

                file.Write(buffer.AsSpan(0, read));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"{path}: expected a pipe that can be read and copied to {Path.GetTempPath()}, found that it cannot ({error.Message.TrimEnd('.')}); "
                + "write it to a file first",
                error);
        }
    }
}
