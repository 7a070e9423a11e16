namespace DistRec.Models.Tests.Persistence;

/// <summary>Machines of features in a model's folder.</summary>
public sealed class MachineFileTests : IDisposable
{
    private const int Features = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, 2, FmLink.Identity)]
    [InlineData(17, 3, FmLink.Logistic)]
    [InlineData(2, 2, FmLink.Probit)]
    [InlineData(4, 2, FmLink.Preference)]
    [InlineData(0, 2, FmLink.Logistic)]
    public void A_machine_comes_back_as_it_was_saved_and_answers_alike(int rank, int order, FmLink link)
    {
        SavedModel saved = Random(rank, order, link);
        ModelFolder.Save(_folder["m"], saved);

        SavedModel loaded = ModelFolder.Load(_folder["m"]);

        FmMachine expected = saved.Model.Machine!;
        FmMachine found = loaded.Model.Machine!;
        found.Shape.ShouldBe(expected.Shape);
        found.Link.ShouldBe(link);
        found.Parameters.Weights.ShouldBe(expected.Parameters.Weights);
        ModelHash.Compute(loaded.Model).ShouldBe(ModelHash.Compute(saved.Model));
        found.Space.Groups.Select(group => (group.Name, group.First, group.Count)).ShouldBe([("user", 0, 2), ("genre", 2, 3)]);
        found.Space.Groups[0].Names.ShouldBeNull();
        found.Space.Groups[1].Names.ShouldBe(["Sci-Fi", "a\tb\n\\N", "Дрáma"]);
        FeatureRows rows = Rows();
        for (int row = 0; row < rows.Count; row++)
        {
            found.Predict(rows, row).ShouldBe(expected.Predict(rows, row));
        }
    }

    [Fact]
    public void Samples_that_an_earlier_release_kept_beside_each_other_are_read_as_their_mean()
    {
        // Of each feature: v and w in use, then two samples of v and, in a vector of its own, w.
        const int Rank = 3, Width = 16, Sample = 32;
        EntityRandom random = new(8, RandomPurpose.SyntheticUser, 0);
        FactorTable factors = new(Features + 1, Width + (2 * Sample));
        FmMachine[] samples = [Random(Rank, 2, FmLink.Identity).Model.Machine!, Random(Rank, 2, FmLink.Identity).Model.Machine!];
        for (int row = 0; row <= Features; row++)
        {
            for (int sample = 0; sample < 2; sample++)
            {
                for (int factor = 0; factor < Rank; factor++)
                {
                    samples[sample].Parameters.Factors.Row(row)[factor] = factors.Row(row)[Width + (sample * Sample) + factor] = (float)random.NextGaussian();
                }

                samples[sample].Parameters.Weights[row] = factors.Row(row)[Width + (sample * Sample) + Width] = (float)random.NextGaussian();
            }
        }

        var writer = new SafeTensorsWriter();
        MachineFile.Write(writer, samples[0] with { Parameters = new FmParameters(factors, new float[Features + 1], Features) });
        writer.Metadata["fmSamples"] = "2";
        string path = _folder["old.safetensors"];
        using (FileStream stream = File.Create(path))
        {
            writer.WriteTo(stream);
        }

        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        FmMachine found = MachineFile.Read(path, reader, 1, count => new string?[count]);

        FeatureRows rows = Rows();
        for (int row = 0; row < rows.Count; row++)
        {
            found.Predict(rows, row).ShouldBe(samples.Average(sample => sample.Predict(rows, row)), 1e-5);
        }
    }

    [Fact]
    public void Another_number_of_a_machine_is_another_hash()
    {
        SavedModel one = Random(3, 2, FmLink.Identity);
        string before = ModelHash.Compute(one.Model);

        one.Model.Machine!.Parameters.Weights[Features] += 1;

        ModelHash.Compute(one.Model).ShouldNotBe(before);
    }

    [Theory]
    [InlineData("fmRank", "x", "metadata fmRank: expected 0 to 1024, found x")]
    [InlineData("fmRank", null, "metadata fmRank: expected 0 to 1024, found none")]
    [InlineData("fmRank", "9999", "metadata fmRank: expected 0 to 1024, found 9999")]
    [InlineData("fmOrder", "1", "metadata fmOrder: expected 2 to 16, found 1")]
    [InlineData("fmSamples", "-1", "metadata fmSamples: expected 0 to 1024, found -1")]
    [InlineData("fmLink", "Cauchit", "metadata fmLink: expected Identity, Logistic, Probit, Preference, found Cauchit")]
    [InlineData("fmLink", null, "metadata fmLink: expected Identity, Logistic, Probit, Preference, found none")]
    [InlineData("fmRank", "19", "featureFactors")]
    [InlineData("fmSamples", "3", "featureFactors")]
    public void Damaged_metadata_is_refused_by_name(string key, string? value, string message)
    {
        FmMachine machine = Random(3, 2, FmLink.Identity).Model.Machine!;
        string path = _folder["machine.safetensors"];
        using (FileStream stream = File.Create(path))
        {
            var writer = new SafeTensorsWriter();
            MachineFile.Write(writer, machine);
            writer.Metadata.Remove(key);
            if (value is not null)
            {
                writer.Metadata[key] = value;
            }

            writer.WriteTo(stream);
        }

        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        Should.Throw<InputException>(() => MachineFile.Read(path, reader, 1, count => new string?[count])).Message.ShouldContain(message);
    }

    [Fact]
    public void A_machine_without_its_features_file_or_with_too_few_lines_is_refused()
    {
        ModelFolder.Save(_folder["m"], Random(3, 2, FmLink.Identity));
        string path = _folder["m/features.txt"];
        string[] lines = File.ReadAllLines(path);
        lines.Length.ShouldBe(Features);

        File.WriteAllLines(path, lines[1..]);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldContain("features.txt");
        File.Delete(path);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldContain("features.txt");
    }

    private static SavedModel Random(int rank, int order, FmLink link)
    {
        FmShape shape = new(rank, order, FmLearner.Sgd, 0);
        EntityRandom random = new(7, RandomPurpose.SyntheticUser, rank);
        FactorTable factors = new(Features + 1, shape.Width);
        float[] weights = new float[Features + 1];
        for (int row = 0; row <= Features; row++)
        {
            weights[row] = (float)random.NextGaussian();
            Span<float> values = factors.Row(row);
            for (int of = 2; of <= order; of++)
            {
                for (int factor = 0; factor < rank; factor++)
                {
                    values[shape.StartOf(of) + factor] = (float)(0.3 * random.NextGaussian());
                }
            }
        }

        FeatureSpace space = new([new FeatureGroup("user", 0, 2), new FeatureGroup("genre", 2, 3) { Names = ["Sci-Fi", "a\tb\n\\N", "Дрáma"] }]);
        FmMachine machine = new(shape, link, new FmParameters(factors, weights, Features), space);
        FactorModel model = new("fm", weights[Features], new RatingScale(0, 5), [], [], null, null) { Machine = machine };
        return new SavedModel(model, IdMap.Numbered(0), IdMap.Numbered(0), [], null, TestModels.Describe("fm"));
    }

    private static FeatureRows Rows()
    {
        RatingMatrix table = new(Features, [0, 2, 4, 4], [0, 3, 1, 4], [1, 0.5f, 1, 2]);
        return new FeatureRows([0, 0, 0], [new RelationBlock("row", RelationEntity.Row, table)], [[0, 1, 2]]);
    }
}
