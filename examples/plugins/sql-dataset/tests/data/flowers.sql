BEGIN TRANSACTION;
CREATE TABLE flowers(species TEXT, petal_mm REAL, picked INTEGER, note BLOB);
INSERT INTO "flowers" VALUES('setosa',14.0,1,NULL);
INSERT INTO "flowers" VALUES('setosa',15.5,2,'small, "blue"');
INSERT INTO "flowers" VALUES('virginica',51.25,3,X'00FF');
INSERT INTO "flowers" VALUES('virginica',NULL,4,'größer');
CREATE VIEW large AS SELECT species, petal_mm FROM flowers WHERE petal_mm > 50;
COMMIT;
