namespace DistRec.Data.Tests.Features;

public sealed class PairExpansionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_get_the_products_of_the_pairs_that_training_rows_have()
    {
        FeatureData data = PairExpansion.Expand(Read("1 1:2 3:3\n0 2:5\n4\n", "7 1:1 2:1 3:0.5\n"), 2);

        // Pairs (0,0), (0,2), (1,1), (2,2).
        data.Space.Groups.Select(group => (group.Name, group.First, group.Count)).ShouldBe([("single", 0, 3), ("pair", 3, 4)]);
        FeatureText.Of(data, data.Train).ShouldBe(["1 | single:0=2 single:2=3 pair:0=4 pair:1=6 pair:3=9", "0 | single:1=5 pair:2=25", "4 |"]);
        FeatureText.Of(data, data.Test!).ShouldBe(["7 | single:0 single:1 single:2=0.5 pair:0 pair:1=0.5 pair:2 pair:3=0.25"]);
        data.Train.Blocks.Single().Entity.ShouldBe(RelationEntity.Row);
    }

    [Fact]
    public void Relation_blocks_are_written_out()
    {
        FeatureData data = PairExpansion.Expand(SmallRatings.Encode("user", "item"), 2);

        // Three users and four items are squares, seven ratings pairs.
        data.Space.Groups[1].Count.ShouldBe(3 + 4 + 7);
        FeatureText.Of(data, data.Train)[0].ShouldBe("5 | single:0 single:3 pair:0 pair:1 pair:10");

        // The pair of a held-out row is no training row's.
        FeatureText.Of(data, data.Validation!).ShouldBe(["2 | single:0 single:6 pair:0 pair:13"]);
        (data.RankedBlock, data.Runs).ShouldBe((-1, null));
    }

    [Fact]
    public void Degree_1_keeps_the_features_as_they_are()
    {
        FeatureData given = SmallRatings.Encode("user", "other-items", "item");

        FeatureData data = PairExpansion.Expand(given, 1);

        data.Space.Groups.ShouldBe([new FeatureGroup("single", 0, given.Space.Count)]);
        using MemoryStream expected = new(), found = new();
        FeatureWriter.Write(given.Test!, expected);
        FeatureWriter.Write(data.Test!, found);
        found.ToArray().ShouldBe(expected.ToArray());
    }

    [Fact]
    public void Long_rows_are_refused_but_for_degree_1()
    {
        FeatureData data = Read("1 1:1\n1 " + string.Join(' ', Enumerable.Range(1, 201).Select(index => $"{index}:1")) + "\n", null);

        Should.Throw<InputException>(() => PairExpansion.Expand(data, 2)).Message.ShouldBe(
            "degree 2: expected rows of at most 200 features, found row 1 with 201; leave out blocks such as other-items, or use degree 1");
        PairExpansion.Expand(data, 1).Space.Count.ShouldBe(201);
    }

    [Fact]
    public void More_than_fits_into_memory_is_refused_before_it_is_made() =>
        Should.Throw<InputException>(() => PairExpansion.Expand(Read("1 1:1 2:1 3:1\n", "0 1:1\n"), 2, most: 10)).Message.ShouldBe(
            "degree 2: expected at most 10 features of all rows together, found 11; use degree 1, or fewer rows");

    private FeatureData Read(string train, string? test) => FeatureReader.Read(_folder.Write("train", train), test is null ? null : _folder.Write("test", test));
}
