using System.Runtime.CompilerServices;
using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Tests;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Registry;
using DistRec.Serving.Users;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests.Items;

public sealed class NewItemReaderTests
{
    private readonly ServingNode _node = new(4);
    private readonly Log _log = new();
    private readonly GivenDetails _said = new();
    private readonly ServingModel _model = SmallModels.Serving();

    public NewItemReaderTests() => _node.Models = SmallModels.Active(_model);

    [Fact]
    public async Task A_request_that_has_taken_a_version_keeps_to_its_new_items()
    {
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        _node.WithNewItems(_model).ShouldBeSameAs(_model);
        _log.Add("u1", "film");
        await reader.LookAsync(default);
        ServingModel taken = _node.WithNewItems(_model);
        _log.Add("u2", "other");

        await reader.LookAsync(default);

        taken.NewItems.All.Select(item => item.Id).ShouldBe(["film"]);
        _node.WithNewItems(_model).NewItems.All.Select(item => item.Id).ShouldBe(["film", "other"]);
        (_node.WithNewItems(_model).Version, _node.WithNewItems(_model).Lists).ShouldBe((_model.Version, _model.Lists));
    }

    [Fact]
    public async Task Each_rating_is_read_once_and_nothing_where_nothing_has_come()
    {
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        _log.Add("u1", "film");
        await reader.LookAsync(default);
        ServingModel before = _node.WithNewItems(_model);
        await reader.LookAsync(default);
        _node.WithNewItems(_model).ShouldBeSameAs(before);
        _log.Add("u2", "film");
        await reader.LookAsync(default);
        _log.Read.ShouldBe(2);
    }

    [Fact]
    public async Task A_look_that_was_cut_off_is_gone_on_with()
    {
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        await reader.LookAsync(default);
        _log.Add("u1", "film");
        _log.Add("u2", "film");
        foreach (int fault in new[] { 1, 2 })
        {
            _log.FailsBehind = fault;
            await Should.ThrowAsync<DatabaseException>(() => reader.LookAsync(default));
        }

        _log.FailsBehind = null;
        await reader.LookAsync(default);

        _node.WithNewItems(_model).NewItems.Find("film")!.Ratings.ShouldBe(2);
    }

    [Fact]
    public async Task A_version_that_answers_no_more_is_let_go()
    {
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        _log.Add("u1", "film");
        await reader.LookAsync(default);
        _node.WithNewItems(_model).ShouldNotBeSameAs(_model);
        _node.Models = ActiveModels.None;

        await reader.LookAsync(default);

        _node.WithNewItems(_model).ShouldBeSameAs(_model);
    }

    [Fact]
    public async Task What_is_said_of_an_item_is_known_whether_it_was_rated_before_or_after()
    {
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        await _said.PutAsync(Film("First"));
        await _said.PutAsync(new ItemDetails { Item = "unrated", Title = "Unrated" });
        _log.Add("u1", "film");
        await reader.LookAsync(default);
        TitleOf("film").ShouldBe("First");

        // Nothing is rated meanwhile.
        await _said.PutAsync(Film("Second"));
        await reader.LookAsync(default);
        TitleOf("film").ShouldBe("Second");

        // And another rating leaves it as it is.
        _log.Add("u2", "film");
        await reader.LookAsync(default);
        TitleOf("film").ShouldBe("Second");
        _node.WithNewItems(_model).NewItems.All.Single().Attributes["genre"].ShouldBe(["Drama"]);

        string? TitleOf(string item) => _node.WithNewItems(_model).NewItems.Find(item)!.Title;
        static ItemDetails Film(string title) =>
            new() { Item = "film", Title = title, Attributes = new Dictionary<string, IReadOnlyList<string>> { ["genre"] = ["Drama"] } };
    }

    [Fact]
    public async Task An_item_that_was_described_and_never_rated_is_told_by_its_features_and_soon_by_others()
    {
        ServingModel films = new(DescribedFilms.Saved(), "films", 1);
        _node.Models = SmallModels.Active(films);
        await _said.PutAsync(Film("Drama"));
        NewItemReader reader = new(_node, _log, _said, leastRatings: 1);
        await reader.LookAsync(default);
        NewItem drama = _node.WithNewItems(films).NewItems.Find("film")!;

        await _said.PutAsync(Film("Noir"));
        await reader.LookAsync(default);
        _node.WithNewItems(films).NewItems.Find("film").ShouldBeNull();

        await _said.PutAsync(Film("Comedy"));
        await reader.LookAsync(default);
        NewItem comedy = _node.WithNewItems(films).NewItems.Find("film")!;
        (comedy.Index, comedy.Ratings).ShouldBe((drama.Index, 0));
        comedy.Row.Factors.ToArray().ShouldNotBe(drama.Row.Factors.ToArray());

        static ItemDetails Film(string genre) =>
            new() { Item = "film", Attributes = new Dictionary<string, IReadOnlyList<string>> { ["genre"] = [genre] } };
    }

    /// <summary>A log in memory.</summary>
    private sealed class Log : IEventLog
    {
        private readonly List<ServingEvent> _events = [];

        public int Read { get; private set; }

        public long? FailsBehind { get; set; }

        public string Place => "a log in memory";

        public int Partitions => 4;

        public void Add(string user, string item) =>
            _events.Add(new ServingEvent { Sequence = _events.Count + 1, Kind = EventKind.Rating, User = user, Item = item, Value = 4, Time = DateTimeOffset.UnixEpoch });

        public Task<long> LastAsync(CancellationToken cancellationToken = default) => Task.FromResult((long)_events.Count);

        public async IAsyncEnumerable<ServingEvent> ReadAsync(
            long after = 0, int? partition = null, EventKind? kind = null, string? experiment = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            foreach (ServingEvent one in _events.Where(one => one.Sequence > after))
            {
                if (one.Sequence > FailsBehind)
                {
                    break;
                }

                Read++;
                yield return one;
            }

            if (FailsBehind is not null)
            {
                throw new DatabaseException("the connection is lost");
            }
        }

        public Task<IReadOnlyList<EventVerdict>> AppendAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
