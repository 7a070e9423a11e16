using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace DistRec.Data;

/// <summary>Fetches public data sets. A data set's folder appears when everything in it is there and checked, or not at all.</summary>
public static class DataSetDownloader
{
    private const int BufferLength = 1 << 17;

    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <summary>Fetches a data set into <paramref name="folder"/>/<paramref name="name"/>, unless it is there already.</summary>
    /// <param name="name">A name of <see cref="DataSetCatalogue"/>.</param>
    /// <param name="folder">The folder that holds data sets.</param>
    /// <param name="handler">Sends the requests; null uses the network.</param>
    /// <param name="progress">Told of every piece received.</param>
    /// <param name="cancellation">Gives up and leaves nothing behind.</param>
    /// <returns>The folder of the data set.</returns>
    /// <exception cref="InputException">The name is unknown, the network or server fails, or a checksum differs.</exception>
    public static Task<string> DownloadAsync(
        string name,
        string folder,
        HttpMessageHandler? handler = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellation = default) =>
        DownloadAsync(DataSetCatalogue.Find(name), folder, handler, progress, cancellation);

    internal static async Task<string> DownloadAsync(
        PublicDataSet set, string folder, HttpMessageHandler? handler, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string target = Path.Combine(Path.GetFullPath(folder), set.Name);
        if (Directory.Exists(target))
        {
            return target;
        }

        // Of this process alone, so that two downloads at once do not spoil each other.
        string work = Path.Combine(Path.GetFullPath(folder), $".{set.Name}.partial-{Environment.ProcessId}");
        using var client = handler is null ? new HttpClient() : new HttpClient(handler, disposeHandler: false);
        var checksums = new ChecksumRecord(Path.Combine(Path.GetFullPath(folder), $"{set.Name}.sha256"));
        try
        {
            string content = Directory.CreateDirectory(Path.Combine(work, "content")).FullName;
            foreach (DataSetFile file in set.Files)
            {
                string path = Path.Combine(file.IsArchive ? work : content, file.Name);
                await FetchAsync(client, file, path, target, checksums, progress, cancellation).ConfigureAwait(false);
                if (file.IsArchive)
                {
                    SafeZip.Unpack(path, content, cancellation);
                }
            }

            checksums.Save();
            Publish(content, target);
            return target;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: expected a folder that can be written, found that it cannot ({error.Message.TrimEnd('.')}); free space or choose another folder", error);
        }
        finally
        {
            Discard(work);
        }
    }

    private static async Task FetchAsync(
        HttpClient client,
        DataSetFile file,
        string path,
        string target,
        ChecksumRecord checksums,
        IProgress<DownloadProgress>? progress,
        CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using IncrementalHash md5 = CreateMd5();
        try
        {
            silence.CancelAfter(MaxSilence);
            using HttpResponseMessage response =
                await client.GetAsync(file.Address, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Unreachable(file, target, $"the answer {(int)response.StatusCode} {response.ReasonPhrase}", null);
            }

            long? total = response.Content.Headers.ContentLength;
            using Stream body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            using var stored = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] buffer = new byte[BufferLength];
            long received = 0;
            for (int read; (read = await ReceiveAsync(body, buffer, file, target, silence).ConfigureAwait(false)) > 0;)
            {
                sha256.AppendData(buffer, 0, read);
                md5.AppendData(buffer, 0, read);
                await stored.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                received += read;
                progress?.Report(new DownloadProgress(file.Name, received, total));
            }

            if (total is { } expected && received != expected)
            {
                throw Unreachable(file, target, $"{received:N0} of {expected:N0} bytes", null);
            }
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(file, target, error.Message.TrimEnd('.'), error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(file, target, $"silence for {MaxSilence.TotalSeconds:0} seconds", error);
        }

        Verify(file, Convert.ToHexStringLower(md5.GetHashAndReset()), Convert.ToHexStringLower(sha256.GetHashAndReset()), checksums);
    }

    private static async Task<int> ReceiveAsync(Stream body, byte[] buffer, DataSetFile file, string target, CancellationTokenSource silence)
    {
        silence.CancelAfter(MaxSilence);
        try
        {
            return await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw Unreachable(file, target, $"a broken connection ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static void Verify(DataSetFile file, string md5, string sha256, ChecksumRecord checksums)
    {
        if (file.Md5 is { } published)
        {
            if (md5 != published)
            {
                throw InputException.At($"{file.Address}", $"a file with the published MD5 {published}", $"one with {md5}", "try again later; if it stays, the publishers changed the file or the connection is tampered with");
            }
        }
        else if (checksums.Of(file) is { } recorded && recorded != sha256)
        {
            throw InputException.At($"{file.Address}", $"the file of the first download with SHA-256 {recorded}", $"one with {sha256}", $"delete {checksums.Path} to accept that the publishers changed it");
        }

        checksums.Set(file, sha256);
    }

    [SuppressMessage("Security", "CA5351", Justification = "The publishers state MD5; it only tells damage.")]
    private static IncrementalHash CreateMd5() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    private static InputException Unreachable(DataSetFile file, string target, string found, Exception? cause)
    {
        string message = $"{file.Address}: expected the file, found {found}; check the network, or fetch the data set by other means and put it into {target}";
        return cause is null ? new InputException(message) : new InputException(message, cause);
    }

    private static void Publish(string content, string target)
    {
        try
        {
            Directory.Move(content, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process was faster with the same data.
        }
    }

    private static void Discard(string work)
    {
        try
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What made downloading fail may make deleting fail; the first failure is the one to report.
        }
    }
}
