using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using MongoDB.Bson;
using MovieLms.ApiService.Tests.Analytics;
using MovieLms.ApiService.Tests.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Storage;
using MovieLms.Data.Submissions;

namespace MovieLms.ApiService.Tests.Gradebooks;

/// <summary>Compares gradebooks with the data that the tests created, counted and averaged here.</summary>
public sealed class GradebookTests(LearningFixture api) : IClassFixture<LearningFixture>
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private sealed record Work(bool Late, double? Grade);

    /// <summary>A course with students, some of whom have submitted some assignments.</summary>
    private sealed record Seed(
        string Course,
        Person Owner,
        List<Person> Students,
        string[] Assignments,
        Dictionary<(Person Student, string Assignment), Work> Submissions,
        Dictionary<Person, int> Attended
    );

    [Fact]
    public async Task Rows_and_totals_match_submissions_grades_and_attendance()
    {
        var seed = await SeedAsync();
        var rows = new List<JsonElement>();
        var (cursor, page) = ((string?)null, default(JsonElement));
        do
        {
            var next = cursor is null ? "" : $"&cursor={cursor}";
            page = await seed.Owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{seed.Course}/gradebook?limit=2{next}");
            AssertColumns(seed, page);
            rows.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        } while (cursor is not null);

        Assert.Equal("Editing", page.GetProperty("courseTitle").GetString());
        Assert.Equal(2, page.GetProperty("lectures").GetInt32());
        Assert.Equal(
            seed.Students.OrderBy(student => student.Id).Select(student => student.Id.ToString()),
            rows.Select(row => row.GetProperty("studentId").GetString())
        );
        foreach (var row in rows)
        {
            var student = seed.Students.Single(student => student.Id.ToString() == row.GetProperty("studentId").GetString());
            AssertRow(seed, student, row);
            Assert.Equal(
                (student.Name, student.Email, student == seed.Students[0] ? "completed" : "active"),
                (
                    row.GetProperty("studentName").GetString(),
                    row.GetProperty("studentEmail").GetString(),
                    row.GetProperty("status").GetString()
                )
            );
            Assert.Equal(student == seed.Students[0] ? 91.5 : null, Number(row, "grade"));
            var work = WorkOf(seed, student);
            Assert.Equal(
                (work.Count, work.Count(item => item.Late)),
                (row.GetProperty("submitted").GetInt32(), row.GetProperty("late").GetInt32())
            );
        }
    }

    [Fact]
    public async Task The_csv_file_has_the_same_figures_and_neutralizes_formulas()
    {
        var seed = await SeedAsync();
        using var response = await seed.Owner.Client.GetAsync($"/api/courses/{seed.Course}/gradebook.csv");
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"gradebook-{seed.Course}.csv", response.Content.Headers.ContentDisposition?.FileName);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var lines = CsvText.Read(await response.Content.ReadAsStringAsync());
        Assert.Equal(
            ["name", "email", "status", "grade", "'=1+1", "A \"scene\", cut", "On time", "average", "submitted", "late", "attended"],
            lines[0]
        );
        Assert.Equal(
            seed.Students.OrderBy(student => student.Id)
                .Select(student =>
                {
                    var work = WorkOf(seed, student);
                    return string.Join(
                        '|',
                        [
                            student.Name[0] == '@' ? "'" + student.Name : student.Name,
                            student.Email,
                            student == seed.Students[0] ? "completed|91.5" : "active|",
                            .. seed.Assignments.Select(assignment =>
                                Text(seed.Submissions.GetValueOrDefault((student, assignment))?.Grade)
                            ),
                            Text(work.Average(item => item.Grade)),
                            Text(work.Count),
                            Text(work.Count(item => item.Late)),
                            Text(seed.Attended[student]),
                        ]
                    );
                }),
            lines.Skip(1).Select(line => string.Join('|', line))
        );
    }

    [Fact]
    public async Task Students_see_only_their_own_grades_and_no_totals()
    {
        var seed = await SeedAsync();
        foreach (var student in seed.Students)
        {
            var own = await student.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{seed.Course}/grades/me");
            AssertRow(seed, student, own);
            Assert.Equal(seed.Assignments, own.GetProperty("assignments").EnumerateArray().Select(assignment => assignment.Id()));
            Assert.False(own.GetProperty("assignments")[0].TryGetProperty("averageGrade", out _));
            await (await student.Client.GetAsync($"/api/courses/{seed.Course}/gradebook")).AssertProblemAsync(403);
        }
        await (await seed.Owner.Client.GetAsync($"/api/courses/{seed.Course}/grades/me")).AssertProblemAsync(404);
        await (await api.Instructor().GetAsync($"/api/courses/{seed.Course}/gradebook.csv")).AssertProblemAsync(403);
        await (await seed.Owner.Client.GetAsync($"/api/courses/{seed.Course}/gradebook?cursor=x")).AssertProblemAsync(400, "cursor");
    }

    [Fact]
    public async Task An_empty_course_has_a_header_only()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var page = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}/gradebook");
        Assert.Equal(0, page.GetProperty("items").GetArrayLength());
        var csv = await owner.Client.GetStringAsync($"/api/courses/{course}/gradebook.csv");
        Assert.Equal("name,email,status,grade,average,submitted,late,attended\r\n", csv);
    }

    [Fact]
    public async Task The_csv_file_of_a_course_with_10_000_students_is_complete()
    {
        const int Count = 10_000;
        var (course, owner) = await api.CreateCourseAsync();
        var assignment = (
            await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "Scene" })
        ).Id();
        var students = Enumerable.Range(0, Count).Select(_ => ObjectId.GenerateNewId()).ToList();
        var now = Now.UtcDateTime;
        await InsertAsync(
            CollectionNames.Users,
            students.Select(
                (id, i) =>
                    new BsonDocument
                    {
                        { "_id", id },
                        { "username", $"Student {i}" },
                        { "email", $"{id}@example.test" },
                        { "emailNormalized", $"{id}@example.test" },
                        { "role", "student" },
                    }
            )
        );
        await InsertAsync(
            EnrollmentEntity.Collection,
            students.Select(id => new BsonDocument
            {
                { "courseId", ObjectId.Parse(course) },
                { "studentId", id },
                { "status", "Active" },
                { "enrolledAt", now },
                { "version", 1L },
            })
        );
        await InsertAsync(
            SubmissionEntity.Collection,
            students.Select(
                (id, i) =>
                    new BsonDocument
                    {
                        { "assignmentId", ObjectId.Parse(assignment) },
                        { "courseId", ObjectId.Parse(course) },
                        { "studentId", id },
                        {
                            "current",
                            new BsonDocument { { "submittedAt", now }, { "isLate", false } }
                        },
                        { "grade", i % 100 },
                    }
            )
        );

        var page = await owner.Client.GetFromJsonAsync<JsonElement>($"/api/courses/{course}/gradebook?limit=100");
        Assert.Equal(100, page.GetProperty("items").GetArrayLength());
        var total = page.GetProperty("assignments")[0];
        Assert.Equal((Count, 49.5), (total.GetProperty("submitted").GetInt32(), total.GetProperty("averageGrade").GetDouble()));
        var lines = (await owner.Client.GetStringAsync($"/api/courses/{course}/gradebook.csv")).Split("\r\n");
        Assert.Equal(
            students.Select((id, i) => $"Student {i},{id}@example.test,active,,{i % 100},{i % 100},1,0,0"),
            lines.Skip(1).SkipLast(1)
        );
    }

    private Task InsertAsync(string collection, IEnumerable<BsonDocument> documents) =>
        api.Host.Database.GetCollection<BsonDocument>(collection).InsertManyAsync(documents);

    /// <summary>
    /// Creates four students with three assignments, and what a gradebook leaves out: a student who withdrew, a deleted assignment, and
    /// work for another course.
    /// </summary>
    private async Task<Seed> SeedAsync()
    {
        var (course, owner) = await api.CreateCourseAsync();
        var assignments = new List<string>();
        foreach (
            var (title, dueAt) in new[] { ("=1+1", Now.AddDays(-1)), ("A \"scene\", cut", Now.AddDays(-1)), ("On time", Now.AddDays(1)) }
        )
        {
            assignments.Add(
                (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title, dueAt })).Id()
            );
        }
        var deleted = (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{course}/assignments", new { title = "Gone" })).Id();
        var other = await api.CreateCourseAsync(owner);
        var elsewhere = (await LearningFixture.PostAsync(owner.Client, $"/api/courses/{other}/assignments", new { title = "Other" })).Id();
        string[] lectures = [await api.AddLectureAsync(owner, course), await api.AddLectureAsync(owner, course)];
        var seed = new Seed(course, owner, [], [.. assignments], [], []);
        foreach (var (name, i) in new[] { "Agnès", "@Ousmane", "Chantal", "Yasujirō", "Withdrawn" }.Select((name, i) => (name, i)))
        {
            var student = await api.CreateUserAsync(name: name);
            var enrollment = await api.EnrollAsync(student, course);
            await api.EnrollAsync(student, other);
            for (var j = 0; j < assignments.Count; j++)
            {
                if ((i + j) % 3 == 2)
                    continue;
                double? grade = (i + j) % 2 == 0 ? 40.5 + (10 * i) + j : null;
                await SubmitAsync(student, assignments[j], grade);
                if (name != "Withdrawn")
                    seed.Submissions[(student, assignments[j])] = new Work(j < 2, grade);
            }
            await SubmitAsync(student, deleted, 3);
            await SubmitAsync(student, elsewhere, 4);
            foreach (var lecture in lectures.Take(i % 3))
                await LearningFixture.PostAsync(student.Client, $"/api/courses/{course}/lectures/{lecture}/attend", null);
            if (name == "Withdrawn")
            {
                (await student.Client.DeleteAsync($"/api/enrollments/{enrollment}")).EnsureSuccessStatusCode();
                continue;
            }
            seed.Students.Add(student);
            seed.Attended[student] = i % 3;
            if (i == 0)
            {
                var change = new { status = "completed", grade = 91.5 };
                (await owner.Client.PatchAsJsonAsync($"/api/enrollments/{enrollment}", change)).EnsureSuccessStatusCode();
            }
        }
        (await owner.Client.DeleteAsync($"/api/courses/{course}/assignments/{deleted}")).EnsureSuccessStatusCode();
        return seed;

        async Task SubmitAsync(Person student, string assignment, double? grade)
        {
            var submission = await LearningFixture.PostAsync(
                student.Client,
                $"/api/assignments/{assignment}/submissions",
                new { text = "Done" }
            );
            if (grade is not null)
                (await owner.Client.PutAsJsonAsync($"/api/submissions/{submission.Id()}/grade", new { grade })).EnsureSuccessStatusCode();
        }
    }

    private static void AssertColumns(Seed seed, JsonElement page)
    {
        var columns = page.GetProperty("assignments").EnumerateArray().ToList();
        Assert.Equal(seed.Assignments, columns.Select(column => column.Id()));
        foreach (var column in columns)
        {
            var work = seed.Submissions.Where(item => item.Key.Assignment == column.Id()).Select(item => item.Value).ToList();
            Assert.Equal(
                (work.Count, work.Count(item => item.Late), work.Count(item => item.Grade is not null)),
                (column.GetProperty("submitted").GetInt32(), column.GetProperty("late").GetInt32(), column.GetProperty("graded").GetInt32())
            );
            Assert.Equal(work.Average(item => item.Grade), Number(column, "averageGrade"));
        }
    }

    private static void AssertRow(Seed seed, Person student, JsonElement row)
    {
        Assert.Equal(
            seed.Assignments.Where(assignment => seed.Submissions.ContainsKey((student, assignment)))
                .Select(assignment =>
                    (assignment, seed.Submissions[(student, assignment)].Late, seed.Submissions[(student, assignment)].Grade)
                ),
            row.GetProperty("submissions")
                .EnumerateArray()
                .Select(item =>
                    (item.GetProperty("assignmentId").GetString()!, item.GetProperty("late").GetBoolean(), Number(item, "grade"))
                )
        );
        Assert.Equal(WorkOf(seed, student).Average(item => item.Grade), Number(row, "averageGrade"));
        Assert.Equal(seed.Attended[student], row.GetProperty("attended").GetInt32());
    }

    private static List<Work> WorkOf(Seed seed, Person student) =>
        [.. seed.Submissions.Where(item => item.Key.Student == student).Select(item => item.Value)];

    private static double? Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
