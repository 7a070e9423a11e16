namespace DistRec.Data.Tests.Features;

public sealed class FeatureReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_have_targets_and_features_in_any_order_between_comments_and_blank_lines()
    {
        FeatureData data = Read("# two classes\n+1 3:0.5 1:1 # the first\n\n-1.5\t2:-2e-3   4:1234.5678\r\n0\n  \n7 1:.25");

        data.Space.Groups.ShouldHaveSingleItem().Names.ShouldBe(["1", "2", "3", "4"]);
        FeatureText.Of(data, data.Train).ShouldBe(["1 | feature:0 feature:2=0.5", "-1.5 | feature:1=-0.002 feature:3=1234.568", "0 |", "7 | feature:0=0.25"]);
        data.Train.Blocks.Single().Entity.ShouldBe(RelationEntity.Row);
        (data.Validation, data.Test, data.RankedBlock, data.Runs).ShouldBe((null, null, -1, null));
    }

    [Fact]
    public void Features_are_those_that_training_rows_have_whatever_their_numbers()
    {
        string train = _folder.Write("train", "1 2000000000:1 7:2\n0 0:3\n");
        string test = _folder.WriteGzip("test.gz", "1 0:1 8:3 2000000000:4 2147483646:5\n");
        long before = GC.GetTotalAllocatedBytes();

        FeatureData data = FeatureReader.Read(train, test);

        data.Space.Groups.ShouldHaveSingleItem().Names.ShouldBe(["0", "7", "2000000000"]);
        FeatureText.Of(data, data.Train).ShouldBe(["1 | feature:1=2 feature:2", "0 | feature:0=3"]);
        FeatureText.Of(data, data.Test!).ShouldBe(["1 | feature:0 feature:2=4"]);
        (GC.GetTotalAllocatedBytes() - before).ShouldBeLessThan(200_000_000);
    }

    [Fact]
    public void Rows_for_a_model_have_the_features_it_was_trained_on_and_others_are_counted()
    {
        FeatureSpace fromOne = Read("1 1:1 4:1\n").Space;
        FeatureSpace fromZero = Read("1 0:1 1:1 4:1\n").Space;
        fromOne.Groups[0].Names.ShouldBe(["1", "4"]);
        string rows = _folder.Write("new", "0 1:2 2:2 4:3 9:2\n-1\n5 4:0.5 2:1\n");

        KnownRows one = FeatureReader.ReadOnto(rows, fromOne);
        KnownRows zero = FeatureReader.ReadOnto(rows, fromZero);

        // Numbers mean what they meant in training, whether or not a file of rows has a feature 0.
        Lines(one.Rows).ShouldBe("0 1:2 2:3\n-1\n5 2:0.5\n");
        Lines(zero.Rows).ShouldBe("0 2:2 3:3\n-1\n5 3:0.5\n");
        (one.UnknownFeatures, one.UnknownValues).ShouldBe((2, 3));
        zero.UnknownFeatures.ShouldBe(2);
    }

    [Fact]
    public void Models_whose_features_have_gaps_between_them_read_rows_as_they_did()
    {
        // As releases before this one wrote them: a name for each number up to the largest, empty where no row had it.
        FeatureSpace space = new([new FeatureGroup("feature", 0, 4) { Names = ["1", "", "", "4"] }]);

        Lines(FeatureReader.ReadOnto(_folder.Write("new", "0 1:2 2:2 4:3\n"), space).Rows).ShouldBe("0 1:2 4:3\n");
    }

    [Fact]
    public void Rows_for_a_polynomial_have_the_pairs_it_was_trained_on()
    {
        FeatureData trained = PairExpansion.Expand(Read("1 1:2 3:3\n0 5:5\n"), 2);
        trained.Space.Groups[1].Names.ShouldBe(["1 1", "1 3", "3 3", "5 5"]);

        KnownRows rows = FeatureReader.ReadOnto(_folder.Write("new", "1 1:2 3:1 5:4 7:1\n"), trained.Space);

        // Singles 1, 3 and 5 are columns 1, 2 and 3; pairs follow; 1 with 5 and 3 with 5 are nothing the model knows.
        Lines(rows.Rows).ShouldBe("1 1:2 2:1 3:4 4:4 5:2 6:1 7:16\n");
        rows.UnknownFeatures.ShouldBe(1);
    }

    [Fact]
    public void Rows_for_a_model_of_users_and_items_are_refused()
    {
        FeatureSpace space = new([new FeatureGroup("user", 0, 2)]);

        Should.Throw<InputException>(() => FeatureReader.ReadOnto(_folder.Write("new", "1 1:2\n"), space)).Message.ShouldContain(
            "expected rows for a model whose features have numbers, found one of a group user");
    }

    private static string Lines(FeatureRows rows)
    {
        using MemoryStream text = new();
        FeatureWriter.Write(rows, text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    [Fact]
    public void All_parts_share_one_block_of_rows()
    {
        string train = _folder.Write("train", string.Concat(Enumerable.Range(1, 100).Select(row => $"{row} {row % 7 + 1}:{row}\n")));
        string test = _folder.Write("test", "-1 1:1\n-2 2:1\n");
        var options = new FeatureReadOptions { ValidationRatio = 0.25 };

        FeatureData data = FeatureReader.Read(train, test, options);

        (data.Train.Count, data.Validation!.Count, data.Test!.Count).ShouldBe((75, 25, 2));
        data.Train.Blocks[0].Rows.RowCount.ShouldBe(102);
        data.Test.Blocks.ShouldBeSameAs(data.Train.Blocks);
        data.Train.BlockRows[0].ShouldBe(Enumerable.Range(0, 75));
        data.Test.BlockRows[0].ShouldBe([100, 101]);

        // A row keeps its features, wherever it goes, and the cut is keyed by the seed.
        foreach (FeatureRows part in new[] { data.Train, data.Validation })
        {
            part.Targets.ShouldBe(part.Targets.Order());
            FeatureText.Of(data, part).ShouldBe(part.Targets.Select(y => $"{y} | feature:{y % 7}{(y == 1 ? "" : $"={y}")}"));
        }

        data.Train.Targets.Concat(data.Validation.Targets).Order().ShouldBe(Enumerable.Range(1, 100).Select(y => (float)y));
        FeatureReader.Read(train, test, options).Validation!.Targets.ShouldBe(data.Validation.Targets);
        FeatureReader.Read(train, test, options with { Seed = 7 }).Validation!.Targets.ShouldNotBe(data.Validation.Targets);
    }

    [Theory]
    [InlineData("1 1:1\n1 2:1 3:1 2:5\n", "rows:2: expected each feature once, found 2 again; keep one of them")]
    [InlineData("1 1:1\n\n1 2:nan\n", "rows:3: expected a finite number after the colon, found \"2:nan\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 1:1e39\n", "rows:1: expected a finite number after the colon, found \"1:1e39\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 1:\n", "rows:1: expected a finite number after the colon, found \"1:\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 1:.\n", "rows:1: expected a finite number after the colon, found \"1:.\"; write features as 7:0.5, separated by spaces")]
    [InlineData("inf 1:1\n", "rows:1: expected a finite number as target, found \"inf\"; begin every line with its target")]
    [InlineData("1:1 2:1\n", "rows:1: expected a finite number as target, found \"1:1\"; begin every line with its target")]
    [InlineData("1 2\n", "rows:1: expected index:value with an index of 0 to 2,147,483,646, found \"2\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 -2:1\n", "rows:1: expected index:value with an index of 0 to 2,147,483,646, found \"-2:1\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 2147483647:1\n", "rows:1: expected index:value with an index of 0 to 2,147,483,646, found \"2147483647:1\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 1:2:3\n", "rows:1: expected a finite number after the colon, found \"1:2:3\"; write features as 7:0.5, separated by spaces")]
    [InlineData("1 qid:3 2:1\n", "rows:1: expected features alone, found \"qid:3\"; remove the query ids: rankings are learned from ratings")]
    [InlineData("# nothing\n", "rows: expected lines of a target and index:value pairs, found none; check that the file was written to its end")]
    public void A_wrong_line_is_named(string text, string message) => Should.Throw<InputException>(() => Read(text)).Message.ShouldBe(message);

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Should.Throw<InputException>(() => Read("1 1:1\n", new FeatureReadOptions { ValidationRatio = 1 })).Message.ShouldStartWith("validation-ratio: ");
    }

    [Fact]
    public void Lines_are_numbered_through_all_blocks_of_a_file()
    {
        string text = string.Concat(Enumerable.Repeat("1 1:1 2:0.5\n", 50));
        var options = new FeatureReadOptions { BlockSize = 40 };

        Read(text, options).Train.Count.ShouldBe(50);
        Should.Throw<InputException>(() => Read(text + "x\n", options)).Message.ShouldStartWith("rows:51: ");
    }

    [Theory]
    [InlineData("1 3:1 11:1\n", true)]
    [InlineData("# comment\n\n-1\n+1 7:0.5 # x\n", true)]
    [InlineData("1 qid:4 3:1\n", true)]
    [InlineData("1 qid:4 3:1\n2 3:1\n", true)]
    [InlineData("1\n2\n", false)]
    [InlineData("", false)]
    [InlineData("196\t242\t3\t881250949\n", false)]
    [InlineData("1::1193::5::978300760\n", false)]
    [InlineData("1:\n1488844,3,2005-09-06\n", false)]
    [InlineData("userId,movieId,rating\n1,2,3\n", false)]
    [InlineData("1 2:3\n1 2:3:4\n", true)]
    [InlineData("who knows\n1 2:3\n", true)]
    public void Such_files_are_told_from_ratings(string text, bool expected) => FeatureReader.IsFeatureFile(_folder.Write("rows", text)).ShouldBe(expected);

    [Fact]
    public void Long_packed_and_missing_files_are_told_as_well()
    {
        string wide = "1 " + string.Join(' ', Enumerable.Range(1, 20_000).Select(index => $"{index}:0.25"));

        FeatureReader.IsFeatureFile(_folder.Write("wide", wide)).ShouldBeTrue();
        FeatureReader.IsFeatureFile(_folder.WriteGzip("packed", $"0 5:1\n{wide}\n{wide}\n")).ShouldBeTrue();
        FeatureReader.IsFeatureFile(Path.Combine(_folder.Path, "missing")).ShouldBeFalse();
        FeatureReader.IsFeatureFile(_folder.Path).ShouldBeFalse();
    }

    private FeatureData Read(string text, FeatureReadOptions? options = null) => FeatureReader.Read(_folder.Write("rows", text), null, options);
}
