using System.Text.Json;

namespace DistRec.Browser.Tests;

/// <summary>
/// Answers in the server's stead, in the shapes of the API: states that a server of a test is not easily brought to, and parts of the API
/// that it may not have. What is not pretended here the server itself is asked.
/// </summary>
internal sealed class PretendedServer
{
    private readonly Dictionary<string, Func<IRoute, Task>> _answers = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Body)> _posted = [];
    private Func<IRoute, Task>? _all;

    /// <summary>What was posted: path below <c>/v1/</c> and body.</summary>
    public IReadOnlyList<(string Path, string Body)> Posted => _posted;

    /// <summary>A server with everything: two models, jobs, a cluster, a map and experiments.</summary>
    public static PretendedServer WithEverything()
    {
        object[] epochs = [.. Enumerable.Range(1, 3).Select(epoch => PretendedAnswers.Epoch(epoch))];
        return new PretendedServer()
            .Answer("overview", PretendedAnswers.Overview(PretendedAnswers.Version(2, "active", 0.8462)))
            .Answer("models", PretendedAnswers.Models)
            .Answer("models/films/history", PretendedAnswers.Activations)
            .Answer("models/films/map", PretendedAnswers.Map)
            .Answer("models/films/versions/3/activate", new { })
            .Answer("jobs", new { jobs = PretendedAnswers.Jobs })
            .Answer("catalogue", PretendedAnswers.Catalogue)
            .Answer("jobs/job-1", PretendedAnswers.Job("job-1", "training", epochs))
            .Answer("cluster", PretendedAnswers.Cluster)
            .Answer("experiments", new { experiments = new[] { PretendedAnswers.Experiment } })
            .Answer("experiments/bpmf%20against%20als/stop", new { });
    }

    /// <summary>A server that has nothing yet.</summary>
    public static PretendedServer Empty() => new PretendedServer()
        .Answer("overview", PretendedAnswers.Overview(null))
        .Answer("models", new { models = Array.Empty<object>(), fault = (string?)null })
        .Answer("jobs", new { jobs = Array.Empty<object>() })
        .Answer("catalogue", PretendedAnswers.Catalogue)
        .Answer("cluster", PretendedAnswers.NoCluster)
        .Answer("experiments", new { experiments = Array.Empty<object>() });

    public PretendedServer Answer(string path, object answer) => Do(path, route => FulfillAsync(route, 200, answer));

    public PretendedServer Do(string path, Func<IRoute, Task> answer)
    {
        _answers[path] = answer;
        return this;
    }

    /// <summary>Answers everything with a problem (RFC 9457).</summary>
    public PretendedServer Fail(int status, string title, string? detail) =>
        DoAll(route => FulfillAsync(route, status, new { title, status, detail }));

    /// <summary>Does the same whatever is asked; null ends this.</summary>
    public PretendedServer DoAll(Func<IRoute, Task>? answer)
    {
        _all = answer;
        return this;
    }

    public static Task FulfillAsync(IRoute route, int status, object answer) => route.FulfillAsync(new RouteFulfillOptions
    {
        Status = status,
        ContentType = status < 400 ? "application/json" : "application/problem+json",
        Body = JsonSerializer.Serialize(answer),
    });

    /// <summary>Answers with server-sent events, and ends the stream.</summary>
    public static Task StreamAsync(IRoute route, params (string Name, object Data)[] events) => route.FulfillAsync(new RouteFulfillOptions
    {
        ContentType = "text/event-stream",
        Body = string.Concat(events.Select(one => $"event: {one.Name}\ndata: {JsonSerializer.Serialize(one.Data)}\n\n")),
    });

    internal Task AnswerAsync(IRoute route)
    {
        string path = new Uri(route.Request.Url).AbsolutePath["/v1/".Length..];
        if (route.Request.Method == "POST")
        {
            _posted.Add((path, route.Request.PostData ?? ""));
        }

        return _all is { } all ? all(route)
            : _answers.TryGetValue(path, out Func<IRoute, Task>? answer) ? answer(route)
            : route.ContinueAsync();
    }
}
