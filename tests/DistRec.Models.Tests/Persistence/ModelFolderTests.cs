using System.Text.Json;
using DistRec.Models.Feedback;

namespace DistRec.Models.Tests.Persistence;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(5, true, true)]
    [InlineData(16, true, false)]
    [InlineData(0, true, false)]
    [InlineData(1, false, false)]
    public void A_model_comes_back_as_it_was_saved(int rank, bool withRatings, bool withTimes)
    {
        SavedModel saved = TestModels.Random(rank: rank, withRatings: withRatings, withTimes: withTimes);
        ModelFolder.Save(_folder["m"], saved);

        SavedModel loaded = ModelFolder.Load(_folder["m"]);

        ModelHash.Compute(loaded.Model).ShouldBe(ModelHash.Compute(saved.Model));
        loaded.Model.Rank.ShouldBe(rank);
        loaded.Model.Kind.ShouldBe("als");
        loaded.Users.Ids.ShouldBe(saved.Users.Ids);
        loaded.Items.Ids.ShouldBe(saved.Items.Ids);
        loaded.Titles.ShouldBe(saved.Titles);
        loaded.Ratings?.RowStarts.ShouldBe(saved.Ratings!.RowStarts);
        loaded.Ratings?.Columns.ShouldBe(saved.Ratings!.Columns);
        loaded.Ratings?.Values.ShouldBe(saved.Ratings!.Values);
        loaded.Ratings?.Timestamps.ShouldBe(saved.Ratings!.Timestamps);
        (loaded.Ratings is null).ShouldBe(!withRatings);
    }

    [Theory]
    [InlineData(FeedbackForm.SvdPlusPlus)]
    [InlineData(FeedbackForm.Asymmetric)]
    [InlineData(FeedbackForm.Nsvd)]
    public void What_describes_users_by_items_comes_back_with_its_model(FeedbackForm form)
    {
        SavedModel saved = TestModels.Random(kind: FeedbackFactors.NameOf(form));
        FeedbackShape shape = new(form, saved.Model.Rank);
        FactorTable Table(ulong seed) => TestModels.Model(7, 9, saved.Model.Rank, seed, "als").ItemFactors!;
        FactorModel model = new(
            saved.Model.Kind, saved.Model.GlobalMean, saved.Model.Scale, saved.Model.UserBiases, saved.Model.ItemBiases,
            saved.Model.UserFactors, saved.Model.ItemFactors)
        {
            Feedback = new FeedbackFactors(form, shape.HasExplicit ? Table(3) : null, shape.HasImplicit ? Table(4) : null),
        };
        ModelFolder.Save(_folder["m"], new SavedModel(model, saved.Users, saved.Items, saved.Titles, saved.Ratings, saved.Description));

        FactorModel loaded = ModelFolder.Load(_folder["m"]).Model;

        ModelHash.Compute(loaded).ShouldBe(ModelHash.Compute(model));
        ModelHash.Compute(loaded).ShouldNotBe(ModelHash.Compute(saved.Model));
        loaded.Feedback!.Form.ShouldBe(form);
        loaded.Feedback.Explicit?.Values.SequenceEqual(model.Feedback!.Explicit!.Values).ShouldBeTrue();
        loaded.Feedback.Implicit?.Values.SequenceEqual(model.Feedback!.Implicit!.Values).ShouldBeTrue();
        (loaded.Feedback.Explicit is not null).ShouldBe(shape.HasExplicit);
        (loaded.Feedback.Implicit is not null).ShouldBe(shape.HasImplicit);
    }

    [Fact]
    public void The_description_comes_back_with_its_counts_and_hash()
    {
        SavedModel saved = TestModels.Random();
        ModelFolder.Save(_folder["m"], saved);

        ModelDescription loaded = ModelFolder.Load(_folder["m"]).Description;

        loaded.UserCount.ShouldBe(7);
        loaded.ItemCount.ShouldBe(9);
        loaded.Rank.ShouldBe(5);
        loaded.RatingCount.ShouldBe(saved.Ratings!.Count);
        loaded.ModelSha256.ShouldBe(ModelHash.Compute(saved.Model));
        loaded.Created.ShouldBe(TestModels.Created);
        loaded.Created.Offset.ShouldBe(TestModels.Created.Offset);
        loaded.DataName.ShouldBe("made up");
        loaded.DataFingerprint.ShouldBe("abc123");
        loaded.GitCommit.ShouldBe("f87b39a");
        loaded.Metrics["validationRmse"].ShouldBe(0.8512345678901234);
        loaded.Options["regularization"].GetSingle().ShouldBe(0.1f);
    }

    [Fact]
    public void Ids_and_titles_may_hold_anything()
    {
        SavedModel plain = TestModels.Random(users: 3, items: 3);
        var odd = new SavedModel(
            plain.Model,
            new IdMap(["", "a\nb", "\\N"]),
            new IdMap(["\r", "日本", "007"]),
            ["two\nlines", null, ""],
            plain.Ratings,
            plain.Description with { Options = ModelDescription.OptionsOf(new("nested", new[] { 1, 2 }), new("none", null)), Command = new Dictionary<string, string> { ["data"] = "/films \"7\"", ["no-biases"] = "true" } });
        ModelFolder.Save(_folder["m"], odd);

        SavedModel loaded = ModelFolder.Load(_folder["m"]);

        loaded.Users.Ids.ShouldBe(["", "a\nb", "\\N"]);
        loaded.Items.Ids.ShouldBe(["\r", "日本", "007"]);
        loaded.Titles.ShouldBe(["two\nlines", null, ""]);
        loaded.Description.Options["nested"][1].GetInt32().ShouldBe(2);
        loaded.Description.Options["none"].ValueKind.ShouldBe(JsonValueKind.Null);
        loaded.Description.Command.ShouldBe(odd.Description.Command, ignoreOrder: true);
        ModelFolder.Describe(_folder["m"]).ModelSha256.ShouldBe(loaded.Description.ModelSha256);
    }

    [Fact]
    public void Nothing_but_the_model_is_left_beside_it()
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        ModelFolder.Save(_folder["m"], TestModels.Random(seed: 2));
        _folder.Entries().ShouldBe(["m", "m/factors.safetensors", "m/items.ids", "m/model.json", "m/ratings.safetensors", "m/titles.txt", "m/users.ids"]);
    }

    [Fact]
    public void Saving_again_replaces_the_model_and_drops_files_it_no_longer_has()
    {
        SavedModel second = TestModels.Random(seed: 2, withRatings: false);
        ModelFolder.Save(_folder["m"], TestModels.Random(seed: 1));
        File.WriteAllText(_folder["m/report.html"], "of the first");
        ModelFolder.Save(_folder["m"], second);
        ModelFolder.Load(_folder["m"]).Description.ModelSha256.ShouldBe(second.Description.ModelSha256);
        File.Exists(_folder["m/ratings.safetensors"]).ShouldBeFalse();
        File.Exists(_folder["m/report.html"]).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_that_is_not_a_model_is_never_replaced()
    {
        Directory.CreateDirectory(_folder["photos"]);
        File.WriteAllText(_folder["photos/cat.jpg"], "meow");
        Should.Throw<InputException>(() => ModelFolder.Save(_folder["photos"], TestModels.Random())).Message.ShouldContain("found a folder with cat.jpg");
        File.WriteAllText(_folder["photos/model.json"], """{"format":"something else"}""");
        Should.Throw<InputException>(() => ModelFolder.Save(_folder["photos"], TestModels.Random()));
        _folder.Entries().ShouldBe(["photos", "photos/cat.jpg", "photos/model.json"]);
    }

    [Fact]
    public void A_model_folder_with_a_file_of_someone_else_is_not_replaced()
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        File.WriteAllText(_folder["m/notes.txt"], "do not lose me");
        Should.Throw<InputException>(() => ModelFolder.Save(_folder["m"], TestModels.Random(seed: 2))).Message.ShouldContain("found notes.txt");
        File.ReadAllText(_folder["m/notes.txt"]).ShouldBe("do not lose me");
    }

    [Fact]
    public void An_empty_folder_is_taken_and_a_file_is_refused()
    {
        Directory.CreateDirectory(_folder["empty"]);
        ModelFolder.Save(_folder["empty"], TestModels.Random());
        ModelFolder.IsModel(_folder["empty"]).ShouldBeTrue();
        File.WriteAllText(_folder["file"], string.Empty);
        Should.Throw<InputException>(() => ModelFolder.Save(_folder["file"], TestModels.Random())).Message.ShouldContain("found a file");
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_replaced()
    {
        SavedModel second = TestModels.Random(seed: 2);
        ModelFolder.Save(_folder["v1"], TestModels.Random());
        Directory.CreateSymbolicLink(_folder["current"], _folder["v1"]);
        ModelFolder.Save(_folder["current"], second);
        new DirectoryInfo(_folder["current"]).LinkTarget.ShouldBe(_folder["v1"]);
        ModelFolder.Load(_folder["v1"]).Description.ModelSha256.ShouldBe(second.Description.ModelSha256);
    }

    [Fact]
    public void A_disk_that_fills_up_at_any_byte_leaves_the_old_model_and_nothing_else()
    {
        SavedModel first = TestModels.Random(seed: 1);
        ModelFolder.Save(_folder["m"], first);
        string[] before = _folder.Entries();
        for (int room = 0; room < 2000; room += 97)
        {
            int left = room;
            var writer = new ModelFolderWriter(_folder["m"], path => new FullDisk(new FileStream(path, FileMode.CreateNew), () => left, used => left -= used));
            Should.Throw<InputException>(() => writer.Save(TestModels.Random(seed: 2))).Message.ShouldContain("No space left");
            _folder.Entries().ShouldBe(before);
            ModelFolder.Load(_folder["m"]).Description.ModelSha256.ShouldBe(first.Description.ModelSha256);
        }
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        File.WriteAllText(_folder["file"], string.Empty);
        Should.Throw<InputException>(() => ModelFolder.Save(_folder["file/m"], TestModels.Random())).Message.ShouldContain("file/m: expected a folder that can be written");
        _folder.Entries().ShouldBe(["file"]);
    }

    [Fact]
    public void What_a_crash_left_is_cleaned_by_the_next_save()
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        Directory.CreateDirectory(_folder[".m.saving"]);
        File.WriteAllText(_folder[".m.saving/factors.safetensors"], "half");
        Directory.CreateDirectory(_folder[".m.replaced"]);
        File.WriteAllText(_folder[".m.lock"], string.Empty);
        ModelFolder.Save(_folder["m"], TestModels.Random(seed: 2));
        _folder.Entries().Where(entry => entry.StartsWith('.')).ShouldBeEmpty();
    }

    [Fact]
    public void A_crash_between_the_two_renames_loses_no_model()
    {
        SavedModel first = TestModels.Random();
        ModelFolder.Save(_folder["m"], first);
        Directory.Move(_folder["m"], _folder[".m.replaced"]);
        ModelFolder.Load(_folder["m"]).Description.ModelSha256.ShouldBe(first.Description.ModelSha256);
        ModelFolder.Save(_folder["m"], TestModels.Random(seed: 2));
        _folder.Entries().Count(entry => entry.EndsWith("model.json", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void Two_savers_never_share_a_folder()
    {
        using (new FileStream(_folder[".m.lock"], FileMode.Create, FileAccess.Write, FileShare.None))
        {
            Should.Throw<InputException>(() => ModelFolder.Save(_folder["m"], TestModels.Random())).Message.ShouldContain("another save in progress");
        }

        Directory.Exists(_folder["m"]).ShouldBeFalse();
    }

    [Fact]
    public void A_model_that_diverged_after_it_was_described_is_not_saved()
    {
        SavedModel saved = TestModels.Random();
        saved.Model.ItemFactors!.Row(4)[2] = float.NaN;
        Should.Throw<NumericalException>(() => ModelFolder.Save(_folder["m"], saved)).Message.ShouldStartWith("itemFactors[4, 2]");
        _folder.Entries().ShouldBeEmpty();
    }

    [Fact]
    public void A_metric_that_is_not_a_number_is_not_saved()
    {
        SavedModel plain = TestModels.Random();
        var saved = new SavedModel(plain.Model, plain.Users, plain.Items, plain.Titles, plain.Ratings, plain.Description with { Metrics = new Dictionary<string, double> { ["rmse"] = double.NaN } });
        Should.Throw<NumericalException>(() => ModelFolder.Save(_folder["m"], saved)).Message.ShouldStartWith("metric rmse");
        _folder.Entries().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("userFactors")]
    [InlineData("itemFactors")]
    [InlineData("userBiases")]
    [InlineData("itemBiases")]
    [InlineData("globalMean")]
    [InlineData("ratingScale")]
    public void A_model_with_nan_cannot_be_described_at_all(string table)
    {
        FactorModel good = TestModels.Model(7, 9, 5, seed: 1, "als");
        if (table == "userFactors")
        {
            good.UserFactors!.Row(6)[4] = float.NaN;
        }
        else if (table == "itemFactors")
        {
            good.ItemFactors!.Row(8)[0] = float.PositiveInfinity;
        }

        float[] userBiases = table == "userBiases" ? [0, 0, 0, 0, 0, 0, float.NaN] : good.UserBiases;
        float[] itemBiases = table == "itemBiases" ? [float.NaN, 0, 0, 0, 0, 0, 0, 0, 0] : good.ItemBiases;
        RatingScale scale = table == "ratingScale" ? new RatingScale(1, float.NaN) : good.Scale;
        var bad = new FactorModel("als", table == "globalMean" ? float.NaN : 3, scale, userBiases, itemBiases, good.UserFactors, good.ItemFactors);
        Should.Throw<NumericalException>(() => TestModels.With(TestModels.Random(), bad)).Message.ShouldStartWith(table);
    }

    [Theory]
    [InlineData("factors.safetensors")]
    [InlineData("ratings.safetensors")]
    [InlineData("users.ids")]
    [InlineData("items.ids")]
    [InlineData("titles.txt")]
    public void A_changed_cut_or_missing_file_is_named(string name)
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        string path = _folder[$"m/{name}"];
        byte[] bytes = File.ReadAllBytes(path);

        bytes[^2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldStartWith($"{path}: expected SHA-256");
        File.WriteAllBytes(path, bytes[..^1]);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldContain("the file is truncated");
        File.Delete(path);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldStartWith($"{path}: ");
    }

    [Theory]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "the model was saved by a newer DistRec")]
    [InlineData("\"users\": 7", "\"users\": 8", "tensor userBiases: expected F32 [8], found F32 [7]")]
    [InlineData("\"rank\": 5", "\"rank\": 6", "tensor userFactors: expected F32 [7, 6], found F32 [7, 5]")]
    [InlineData("\"maximum\": 5", "\"maximum\": 6", "modelSha256: expected")]
    [InlineData("\"kind\": \"als\"", "\"kind\": 3", "kind: expected text, found 3")]
    [InlineData("\"created\": \"2026", "\"created\": \"last year ", "created: expected a time")]
    [InlineData("\"kind\"", "\"kinds\"", "kind: expected a value, found none")]
    [InlineData("\"items\": 9", "\"items\": -9", "items: expected a whole number")]
    [InlineData("{", "[", "expected JSON")]
    [InlineData("\"users.ids\"", "\"../users.ids\"", "expected a file inside the folder")]
    public void A_description_that_does_not_fit_is_named(string text, string replacement, string message)
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        string json = WithoutSeal(File.ReadAllText(_folder["m/model.json"]));
        json.ShouldContain(text);
        File.WriteAllText(_folder["m/model.json"], json.Replace(text, replacement, StringComparison.Ordinal));
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("\"kind\": \"als\"", "\"kind\": \"mf\"")]
    [InlineData("\"name\": \"", "\"name\": \"my ")]
    [InlineData("\"created\": \"2", "\"created\": \"3")]
    [InlineData("  \"rank\"", "   \"rank\"")]
    [InlineData("\"descriptionSha256\": \"", "\"descriptionSha256\": \"0")]
    public void A_description_that_was_changed_is_refused_whatever_was_changed(string text, string replacement)
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        string json = File.ReadAllText(_folder["m/model.json"]);
        File.WriteAllText(_folder["m/model.json"], json.Replace(text, replacement, StringComparison.Ordinal));
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"])).Message.ShouldBe(
            $"{_folder["m/model.json"]}: expected the file as it was saved, found another one: it was changed or is damaged; restore it, or train the model again");
    }

    [Fact]
    public void A_description_that_is_cut_off_anywhere_is_refused_and_one_of_an_earlier_release_is_read()
    {
        ModelFolder.Save(_folder["m"], TestModels.Random());
        string json = File.ReadAllText(_folder["m/model.json"]);
        for (int length = 0; length < json.TrimEnd().Length; length += 17)
        {
            File.WriteAllText(_folder["m/model.json"], json[..length]);
            Should.Throw<InputException>(() => ModelFolder.Load(_folder["m"]));
        }

        File.WriteAllText(_folder["m/model.json"], WithoutSeal(json));
        ModelFolder.Load(_folder["m"]).Model.Kind.ShouldBe("als");
    }

    [Fact]
    public void What_is_not_a_model_is_not_loaded()
    {
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["none"])).Message.ShouldContain("found nothing");
        Directory.CreateDirectory(_folder["empty"]);
        Should.Throw<InputException>(() => ModelFolder.Load(_folder["empty"])).Message.ShouldContain("model.json");
        ModelFolder.IsModel(_folder["empty"]).ShouldBeFalse();
        ModelFolder.IsModel(_folder["none"]).ShouldBeFalse();
    }

    [Fact]
    public void Saving_the_same_model_twice_gives_the_same_bytes()
    {
        ModelFolder.Save(_folder["a"], TestModels.Random());
        ModelFolder.Save(_folder["b"], TestModels.Random());
        foreach (string file in Directory.GetFiles(_folder["a"]))
        {
            File.ReadAllBytes(file).ShouldBe(File.ReadAllBytes(Path.Combine(_folder["b"], Path.GetFileName(file))), file);
        }
    }

    private sealed class FullDisk(FileStream file, Func<int> room, Action<int> use) : SequentialStream
    {
        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position => file.Position;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            int fits = Math.Min(buffer.Length, room());
            file.Write(buffer[..fits]);
            use(fits);
            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }

        public override void Flush() => file.Flush();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    private static string WithoutSeal(string json) => json[..json.LastIndexOf(",\n  \"descriptionSha256\"", StringComparison.Ordinal)] + "\n}\n";
}
