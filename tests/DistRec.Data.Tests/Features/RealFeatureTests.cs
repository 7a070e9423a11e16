namespace DistRec.Data.Tests.Features;

public sealed class RealFeatureTests
{
    [SkippableFact]
    public void The_parts_of_MovieLens_100K_have_all_features_with_side_tables_from_elsewhere()
    {
        string parts = RealData.Path("ml-100k-r80");
        string sides = RealData.Path("ml-100k");
        GivenSplit given = RatingReader.ReadPair(Path.Combine(parts, "train.tsv"), Path.Combine(parts, "test.tsv"));
        var options = new FeatureOptions
        {
            Sides = [SideTable.ReadUsers(Path.Combine(sides, "u.user"), given.Data.Users), SideTable.ReadItems(Path.Combine(sides, "u.item"), given.Data.Items)],
        };

        FeatureData data = FeatureEncoder.Encode(
            given.Split, ["user", "item", "other-items", "time", "last-item", "gender", "age", "occupation", "zip1", "zip2", "genre", "year"], options);

        Dictionary<string, int> counts = data.Space.Groups.ToDictionary(group => group.Name, group => group.Count);
        counts["user"].ShouldBe(943);
        counts["item"].ShouldBe(given.Data.Items.Count - given.ColdItemCount);
        counts["other-items"].ShouldBe(counts["item"]);
        counts["gender"].ShouldBe(2);
        counts["age"].ShouldBe(7);
        counts["occupation"].ShouldBe(21);
        counts["genre"].ShouldBe(19);
        counts["time"].ShouldBe(8);
        data.Space.Groups.Single(group => group.Name == "time").Names![0].ShouldBe("1997-09");
        (data.Train.Count, data.Test!.Count).ShouldBe((80_000, 20_000));

        // Every user of this data has a line, and all but one item a year.
        RatingMatrix users = data.Train.Blocks[0].Rows;
        Enumerable.Range(0, users.RowCount).ShouldAllBe(user => users.RowLength(user) == 6 + given.Split.Train.RowLength(user));
    }

    [SkippableFact]
    public void MovieLens_1M_has_its_users_and_movies_described()
    {
        string folder = RealData.Path("ml-1m");
        RatingData ratings = RatingReader.Read(folder);
        var options = new FeatureOptions
        {
            Sides = [SideTable.ReadUsers(Path.Combine(folder, "users.dat"), ratings.Users), SideTable.ReadItems(Path.Combine(folder, "movies.dat"), ratings.Items)],
        };

        FeatureData data = FeatureEncoder.Encode(new RatingSplit(ratings.Ratings, null, null), ["user", "gender", "age", "occupation", "zip1", "item", "genre", "year"], options);

        data.Space.Groups.Select(group => (group.Name, group.Count)).Take(7).ShouldBe(
            [("user", 6_040), ("gender", 2), ("age", 7), ("occupation", 21), ("zip1", 10), ("item", 3_706), ("genre", 18)]);
        data.Train.Count.ShouldBe(1_000_209);
        data.Train.Blocks.ShouldAllBe(block => Enumerable.Range(0, block.Rows.RowCount).All(row => block.Rows.RowLength(row) >= 3));
    }

    [SkippableTheory]
    [InlineData("ml-latest-small", "movies.csv", 19)]
    [InlineData("movietweetings-100k", "movies.dat", 25)]
    public void Other_published_movies_have_genres_and_years(string name, string file, int genres)
    {
        string folder = RealData.Path(name);
        RatingData ratings = RatingReader.Read(folder);

        SideTable table = SideTable.ReadItems(Path.Combine(folder, file), ratings.Items);

        table.Columns.Select(column => column.Name).ShouldBe(["year", "genre"]);
        table.Columns[1].Names.Count.ShouldBe(genres);
        table.Columns[0].Values.Count.ShouldBeGreaterThan((long)(ratings.Items.Count * 0.99));
    }

    [SkippableFact]
    public void A9a_is_read_written_and_read_again_and_its_pairs_are_few()
    {
        string folder = RealData.Path("a9a");
        string train = Path.Combine(folder, "a9a");
        FeatureReader.IsFeatureFile(train).ShouldBeTrue();

        FeatureData data = FeatureReader.Read(train, Path.Combine(folder, "a9a.t"));

        // The 123rd feature is of none of these rows.
        (data.Train.Count, data.Test!.Count, data.Space.Count).ShouldBe((32_560, 16_281, 122));
        Labels.KindOf(data).ShouldBe(LabelKind.ZeroOne);
        data.Train.MaxRowLength().ShouldBe(14);

        using TemporaryFolder copies = new();
        string copy = Path.Combine(copies.Path, "a9a");
        FeatureWriter.Write(data.Train, copy);
        FeatureText.Of(data, FeatureReader.Read(copy).Train).ShouldBe(FeatureText.Of(data, data.Train));

        FeatureData pairs = PairExpansion.Expand(data, 2);
        pairs.Space.Groups[1].Count.ShouldBeInRange(122, 122 * 123 / 2);
        pairs.Train.LengthOf(0).ShouldBe(14 + (14 * 15 / 2));
    }

    [SkippableTheory]
    [InlineData("ml-100k/u.data")]
    [InlineData("ml-1m/ratings.dat")]
    [InlineData("ml-latest-small/ratings.csv")]
    [InlineData("ml-100k/u.item")]
    public void Published_ratings_are_no_feature_files(string path) =>
        FeatureReader.IsFeatureFile(Path.Combine(RealData.Path(Path.GetDirectoryName(path)!), Path.GetFileName(path))).ShouldBeFalse();
}
