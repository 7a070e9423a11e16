namespace DistRec.Training.Tests.Storage;

public sealed class FolderBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Blobs_are_there_for_the_next_process()
    {
        await PutAsync("jobs/a/x", [1, 2, 3]);

        await using Stream stream = await new FolderBlobStore(_folder.Path).OpenAsync("jobs/a/x");
        (await stream.ReadAsync(new byte[10])).ShouldBe(3);
    }

    [Fact]
    public async Task What_a_killed_writer_left_is_removed_and_what_is_being_written_is_not()
    {
        string pending = Path.Combine(_folder.Path, ".pending");
        await File.WriteAllTextAsync(Path.Combine(pending, "999999-1"), "half a blob");

        await Store.PutAsync("a", async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Bytes(100_000), cancellationToken);
            Directory.GetFiles(pending).Length.ShouldBe(2);

            _ = new FolderBlobStore(_folder.Path);

            Directory.GetFiles(pending).Length.ShouldBe(1);
        });

        Directory.GetFiles(pending).ShouldBeEmpty();
        (await ReadAsync("a")).ShouldBe(Bytes(100_000));
    }

    [Fact]
    public async Task Nothing_is_left_beside_the_blobs()
    {
        await PutAsync("jobs/a/x", [1]);
        await Should.ThrowAsync<InvalidDataException>(() => Store.PutAsync("jobs/a/y", (_, _) => throw new InvalidDataException()));
        await Store.DeleteAsync("jobs/a/x");

        Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories)
            .ShouldBe([Path.Combine(_folder.Path, ".pending")]);
    }

    [Fact]
    public void A_folder_that_cannot_be_is_refused_by_name()
    {
        string file = Path.Combine(_folder.Path, "file");
        File.WriteAllText(file, "");

        BlobStoreException refused = Should.Throw<BlobStoreException>(() => new FolderBlobStore(Path.Combine(file, "store")));

        refused.Message.ShouldStartWith(Path.Combine(file, "store"));
        refused.Message.ShouldContain("check the path");
    }

    [SkippableFact]
    public async Task A_full_disk_is_named_and_leaves_what_was_there()
    {
        using SmallDisk disk = SmallDisk.Mount(Path.Combine(_folder.Path, "small-disk"), 256);
        FolderBlobStore store = new(disk.Folder);
        await store.PutAsync("a", async (stream, cancellationToken) => await stream.WriteAsync(Bytes(1000), cancellationToken));

        BlobStoreException full = await Should.ThrowAsync<BlobStoreException>(() => store.PutAsync("a", async (stream, cancellationToken) =>
        {
            for (int piece = 0; piece < 100; piece++)
            {
                await stream.WriteAsync(Bytes(10_000), cancellationToken);
            }
        }));

        full.Message.ShouldContain("the blob a: expected space on the disk, found it full");
        full.Message.ShouldContain("free some space");
        Directory.GetFiles(Path.Combine(disk.Folder, ".pending")).ShouldBeEmpty();
        await using Stream before = await store.OpenAsync("a");
        before.Length.ShouldBe(1000);
    }

    protected override Task<IBlobStore> StartAsync() => Task.FromResult<IBlobStore>(new FolderBlobStore(_folder.Path));

    protected override async Task DamageAsync(string name, Func<byte[], byte[]> change)
    {
        string path = Path.Combine(_folder.Path, name + ".blob");
        await File.WriteAllBytesAsync(path, change(await File.ReadAllBytesAsync(path)));
    }
}
