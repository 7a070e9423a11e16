namespace DistRec.Cli.Tests;

/// <summary>A small model on ratings with ids and titles that are easily taken for something else, trained once.</summary>
public sealed class TrainedModel : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder["model"];

    public string this[string name] => _folder[name];

    public string Write(string name, params string[] lines) => _folder.Write(name, lines);

    public async Task InitializeAsync()
    {
        // [users, items] = [20, 30], each user has rated 15 items.
        Directory.CreateDirectory(_folder["data"]);
        Write("data/ratings.csv", ["userId,movieId,rating,timestamp", .. Enumerable.Range(0, 300).Select(index => $"{index / 15},{index % 15 * 2 + index / 15 % 2:000},{index * 7 % 9 / 2.0 + 0.5},{1000 + index}")]);
        Write("data/movies.csv", ["movieId,title,genres", .. Enumerable.Range(0, 30).Select(index => $"{index:000},\"Film [{index}], part \"\"two\"\"\",{(index % 3 == 0 ? "Drama" : "Comedy|Crime")}")]);
        await CommandLine.JsonAsync("train", "--data", _folder["data"], "--model", "als", "--rank", "4", "--epochs", "3", "--test-ratio", "0", "--validation-ratio", "0", "--quiet", "--out", Path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}
