using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace DistRec.Data.Tests.Catalogue;

public sealed class DataSetDownloaderTests : IDisposable
{
    private const string Address = "https://data.example/films.zip";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_data_set_is_fetched_checked_and_unpacked_without_its_outer_folder()
    {
        byte[] zip = Zip(("films/", null), ("films/ratings.csv", "userId,movieId,rating\n1,2,3\n"), ("films/more/readme.txt", "hello"));
        var progress = new Reports();

        string path = await DataSetDownloader.DownloadAsync(Films(Md5(zip)), _folder.Path, _server.With(Address, zip), progress, default);

        path.ShouldBe(Path.Combine(_folder.Path, "films"));
        RatingReader.Read(path).Ratings.Count.ShouldBe(1);
        File.ReadAllText(Path.Combine(path, "more", "readme.txt")).ShouldBe("hello");
        File.ReadAllText(Path.Combine(_folder.Path, "films.sha256")).ShouldBe($"{Convert.ToHexStringLower(SHA256.HashData(zip))}  films.zip\n");
        progress.Last.ShouldBe(new DownloadProgress("films.zip", zip.Length, zip.Length));
        Remains().ShouldBe(["films", "films.sha256"]);
    }

    [Fact]
    public async Task What_is_there_already_is_not_fetched_again()
    {
        _folder.Write("films/ratings.csv", "1,2,3\n");

        await DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server, null, default);

        _server.RequestCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_file_with_another_checksum_is_refused_and_leaves_nothing_behind()
    {
        byte[] zip = Zip(("ratings.csv", "1,2,3\n"));
        string wrong = new('0', 32);

        InputException error = await Should.ThrowAsync<InputException>(
            () => DataSetDownloader.DownloadAsync(Films(wrong), _folder.Path, _server.With(Address, zip), null, default));

        error.Message.ShouldBe($"{Address}: expected a file with the published MD5 {wrong}, found one with {Md5(zip)}; try again later; if it stays, the publishers changed the file or the connection is tampered with");
        Remains().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_without_published_checksum_is_held_to_that_of_its_first_download()
    {
        byte[] first = Zip(("ratings.csv", "1,2,3\n"));
        string path = await DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server.With(Address, first), null, default);
        Directory.Delete(path, recursive: true);
        await DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server.With(Address, first), null, default);
        Directory.Delete(path, recursive: true);

        InputException error = await Should.ThrowAsync<InputException>(
            () => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server.With(Address, Zip(("ratings.csv", "1,2,4\n"))), null, default));

        error.Message.ShouldContain("expected the file of the first download with SHA-256");
        error.Message.ShouldContain($"delete {path}.sha256 to accept");
        Remains().ShouldBe(["films.sha256"]);
    }

    [Theory]
    [InlineData("../evil.txt")]
    [InlineData("films/../../evil.txt")]
    [InlineData("/tmp/evil.txt")]
    [InlineData("..\\evil.txt")]
    public async Task An_entry_that_would_be_written_elsewhere_is_refused(string entry)
    {
        byte[] zip = Zip(("films/ratings.csv", "1,2,3\n"), (entry, "boo"));

        InputException error = await Should.ThrowAsync<InputException>(
            () => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server.With(Address, zip), null, default));

        error.Message.ShouldBe($"films.zip: expected entries inside the data set's folder, found \"{entry}\"; do not use this archive");
        Remains().ShouldBeEmpty();
    }

    [Fact]
    public void An_archive_that_unpacks_without_end_is_stopped()
    {
        string archive = _folder.Write("big.zip", Zip(("a.txt", new string('a', 100_000))));

        Should.Throw<InputException>(() => SafeZip.Unpack(archive, Path.Combine(_folder.Path, "out"), default, mostBytes: 50_000)).Message
            .ShouldBe("big.zip: expected an archive of at most 50,000 bytes unpacked, found a larger one; do not use this archive");
    }

    [Fact]
    public async Task Without_network_the_failure_is_plain_and_says_what_to_do()
    {
        _server.Failure = new HttpRequestException("No such host is known.");

        InputException error = await Should.ThrowAsync<InputException>(() => DataSetDownloader.DownloadAsync("ml-100k", _folder.Path, _server));

        error.Message.ShouldBe(
            "https://files.grouplens.org/datasets/movielens/ml-100k.zip: expected the file, found No such host is known; "
            + $"check the network, or fetch the data set by other means and put it into {Path.Combine(_folder.Path, "ml-100k")}");
        Remains().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_a_broken_connection_and_a_damaged_archive_are_named()
    {
        (await Should.ThrowAsync<InputException>(() => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server, null, default)))
            .Message.ShouldContain("found the answer 404 Not Found");

        _server.With(Address, new BrokenStream());
        (await Should.ThrowAsync<InputException>(() => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server, null, default)))
            .Message.ShouldContain("found a broken connection (reset by peer)");

        _server.With(Address, Zip(("ratings.csv", "1,2,3\n"))[..40]);
        (await Should.ThrowAsync<InputException>(() => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server, null, default)))
            .Message.ShouldContain("films.zip: expected a whole zip file");
        Remains().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_download_leaves_nothing_behind()
    {
        using var cancellation = new CancellationTokenSource();
        byte[] zip = Zip(("ratings.csv", "1,2,3\n"));

        await Should.ThrowAsync<OperationCanceledException>(
            () => DataSetDownloader.DownloadAsync(Films(null), _folder.Path, _server.With(Address, zip), new Canceller(cancellation), cancellation.Token));

        Remains().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_data_set_of_plain_files_is_put_together()
    {
        const string Root = "https://raw.githubusercontent.com/sidooms/MovieTweetings/master/latest/";
        _server.With(Root + "ratings.dat", Encoding.UTF8.GetBytes("1::0104257::8::1364690142\n"))
            .With(Root + "movies.dat", Encoding.UTF8.GetBytes("0104257::A Few Good Men (1992)::Drama\n"))
            .With(Root + "users.dat", Encoding.UTF8.GetBytes("1::1\n"));

        string path = await DataSetDownloader.DownloadAsync("movietweetings", _folder.Path, _server);

        RatingReader.Read(path).Titles.ShouldBe(["A Few Good Men (1992)"]);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        Should.Throw<InputException>(() => DataSetCatalogue.Find("ml-2m")).Message.ShouldBe(
            "data set: expected one of ml-latest-small, ml-100k, movietweetings, ml-1m, ml-10m, ml-20m, ml-25m, ml-32m, found \"ml-2m\"; "
            + "choose one of these, or give the path of your own data");
        DataSetCatalogue.All.ShouldAllBe(set => set.Licence.Length > 0 && set.Page.Scheme == "https");
        DataSetCatalogue.All.SelectMany(set => set.Files).ShouldAllBe(file => file.Address.Scheme == "https" && (file.Md5 == null || file.Md5.Length == 32));
    }

    private string[] Remains() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order()];

    private static PublicDataSet Films(string? md5) =>
        new("films", "", "", new Uri("https://data.example"), [new DataSetFile(new Uri(Address), md5, IsArchive: true)]);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The publishers state MD5.")]
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static byte[] Zip(params (string Name, string? Text)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        {
            foreach ((string name, string? text) in entries)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text ?? ""));
            }
        }

        return bytes.ToArray();
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("reset by peer");

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            throw new IOException("reset by peer");
    }

    private sealed class Reports : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }

    private sealed class Canceller(CancellationTokenSource cancellation) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => cancellation.Cancel();
    }
}
